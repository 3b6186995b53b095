CREATE TABLE orders (id INTEGER PRIMARY KEY, ft_trade_id INTEGER, price FLOAT, filled FLOAT);
CREATE TABLE trades (id INTEGER PRIMARY KEY, pair TEXT, stake_currency TEXT, is_open BOOLEAN, fee_open_cost FLOAT,
 fee_open_currency TEXT, fee_close_cost FLOAT, open_rate FLOAT, close_rate FLOAT, realized_profit FLOAT,
 close_profit_abs FLOAT, amount FLOAT, open_date DATETIME, close_date DATETIME, initial_stop_loss FLOAT,
 exit_reason TEXT, strategy TEXT, is_short BOOLEAN);
INSERT INTO trades VALUES
 (1, 'BTC/USDT', 'USDT', 0, 0.5, 'USDT', 0.5, 50000.0, 55500.0, 10.0, 10.0, 0.002, '2026-03-02 09:00:00.000000',
  '2026-03-02 10:00:00.000000', 49000.0, 'roi', 'Sample', 0),
 (2, 'ETH/USDT', 'USDT', 0, 0.2, 'USDT', 0.3, 2000.0, 2037.5, -4.25, -4.25, 0.1, '2026-03-03 09:00:00.000000',
  '2026-03-03 10:00:00.250000', 2100.0, 'stop_loss', 'Sample', 1),
 (3, 'XRP/USDT', 'USDT', 1, 0.1, 'USDT', 0.05, 2.0, NULL, 2.0, 2.0, 50.0, '2026-03-04 09:00:00.000000',
  NULL, 1.9, NULL, 'Sample', 0);
