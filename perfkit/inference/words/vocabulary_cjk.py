"""Words of Chinese, Japanese, Korean and Thai, with the English ones that they stand for.

They are found within a name, the longest first: `平仓价` is an exit price, `平仓` an exit.
"""

PIECES = """
    价格 價格 価格 가격 단가 成交价 成交價 約定価格 約定単価 単価 单价 單價 체결가 체결가격
    成交均价 均价 成交均價 均價 成交价格 成交價格 取引単価 取引価格 체결단가 거래단가 매매단가
    = price
    委托价格 委託價格 委托价 委託價 注文価格 주문가격 = order price
    委托量 委託量 委托数量 委託數量 注文数量 주문수량 = order quantity
    委托时间 委託時間 注文日時 주문시간 = order time
    开仓价 開倉價 开仓价格 进场价 進場價 入场价 建値 新規価格 エントリー価格 진입가 진입가격
    = entry price
    取得単価 平均取得価額 建単価 매입단가 매수평단가 매수단가 = entry price
    返済単価 = exit price
    买入均价 買進價 买进价 買進均價 買付単価 매수단가 = buy price
    卖出均价 賣出均價 売却単価 매도단가 = sell price
    止损价 止損價 損切り価格 손절가 = stop price
    止盈价 止盈價 停利價 目标价 目標價 目標価格 목표가 = target price
    买入价 買入價 매수가 매수가격 매입가 买入价格 買入価格 = buy price
    平仓价 平倉價 平仓价格 出场价 出場價 离场价 決済値 決済価格 청산가 청산가격 = exit price
    卖出价 賣出價 매도가 매도가격 卖出价格 売却価格 = sell price
    数量 數量 成交量 股数 股數 株数 수량 체결수량 約定数量 成交数量 成交數量 成交股数 成交股數
    約定株数 取引数量 거래수량 매매수량 份额 份額 份数 = quantity
    已成交量 已成交数量 已成交數量 = filled quantity
    手数 手數 成交手数 口数 口數 成交口數 成交口数 張數 张数 ロット ロット数 = lots
    枚数 枚數 建玉枚数 계약수 계약수량 = contracts
    日期 日付 날짜 일자 約定日 成交日期 成交日 체결일 체결일자 거래일 거래일자 매매일 매매일자
    取引日 = date
    时间 時間 日時 時刻 시간 시각 일시 成交时间 成交時間 約定日時 체결시간 체결일시 거래일시
    거래시간 取引日時 = time
    开仓时间 開倉時間 进场时间 进场日期 进場時間 买入时间 买入日期 買入日期 建玉日 建玉日時
    开仓日期 開倉日期 建仓时间 建倉時間 买入日 買入日 買進日 買進日期 买进日期 進場日 进场日
    取得日 진입일시 新規日時 진입시간 진입일 매수일 매수시간 エントリー日時 = entry time
    平仓日期 平倉日期 平仓日 平倉日 卖出日 賣出日 出場日 出场日 出場日期 結束時間 结束时间 売却日
    返済日 返済日時 청산일시 平仓时间 平倉時間 出场时间 出场日期 出場時間 卖出时间 卖出日期
    賣出日期 決済日 決済日時 청산시간 청산일 매도일 매도시간 決済時間 = exit time
    盈亏 盈虧 损益 損益 손익 损益额 損益額 譲渡損益 실현손익 実現損益 已实现盈亏 平仓盈亏 平倉盈虧
    平倉損益 沖銷損益 = pnl
    已實現損益 已實現盈虧 實現損益 已实现损益 確定損益 = realized pnl
    净盈亏 淨損益 净损益 淨盈虧 純損益 순손익 = net pnl
    毛盈亏 毛損益 毛损益 = gross pnl
    净利润 淨利潤 淨利 净利 純利益 순수익 순이익 = net profit
    毛利润 毛利潤 毛利 = gross profit
    利润 利潤 收益 盈利 利益 수익 수익금 이익 獲利 获利 = profit
    总盈亏 總盈虧 總損益 总损益 合計損益 총손익 총수익 = total pnl
    累计 累計 累積 累积 누적 = cumulative
    当日盈亏 當日損益 當日盈虧 当日損益 日损益 日損益 당일손익 일손익 = daily pnl
    预期 預期 预计 預計 예상 = expected
    最大 最高 최대 = max
    最小 最低 최소 = min
    平均 평균 = average
    收益率 盈亏率 盈虧率 損益率 수익률 손익률 利益率 回报率 報酬率 = return pct
    损益率 = return pct
    現在値 現在価格 现价 現價 最新价 最新價 当前价 當前價 当前价格 현재가 현재가격 = current price
    評価額 時価評価額 市值 最新市值 持仓市值 평가액 평가금액 = market value
    时价 時価 市价 市價 시가평가 = market price
    成本价 成本價 = entry price
    亏损 虧損 損失 손실 = loss
    未实现 未實現 未実現 미실현 浮动 浮動 含み 평가 = unrealized
    浮動盈虧 浮動損益 浮盈 未實現損益 未實現盈虧 含み損益 未実現損益 浮动盈亏 未实现盈亏 評価損益
    평가손익 미실현손익 = unrealized pnl
    方向 방향 = direction
    倉別 仓别 开平 開平 开平标志 = offset
    체결시각 = time
    수익율 손익율 盈利率 盈亏比例 盈虧比例 收益比例 = return pct
    실현수익 실현수익금 实现收益 已实现收益 已實現收益 = realized profit
    매매손익 売買損益 差損益 交易盈亏 交易盈虧 单笔盈亏 單筆盈虧 單筆損益 = pnl
    순이익금 净盈利 淨獲利 净获利 กำไรสุทธิ = net profit
    差益 = profit
    실현 = realized
    실현수익률 = realized return pct
    实现盈亏 實現盈虧 = realized pnl
    盈亏比 盈虧比 손익비 損益比 = profit factor
    매수일자 매수일시 エントリー日 購入日 買付日 = entry date
    매도일자 매도일시 売付日 = exit date
    종목이름 证券 證券 = symbol
    포지션 ポジション = position
    거래가격 交易价格 交易價格 = price
    交易数量 交易數量 = quantity
    交易日期 = date
    交易时间 交易時間 = time
    交易方向 = direction
    거래금액 交易金额 交易金額 取引金額 = amount
    거래소 交易所 取引所 = exchange
    거래량 交易量 取引量 = volume
    약정단가 = price
    約定数 = quantity
    買値 購入価格 取得価格 = buy price
    売値 = sell price
    購入 = buy
    売付 = sell
    進場價格 = entry price
    出場價格 = exit price
    売却益 収益 收益额 收益額 = profit
    净收益 淨收益 純収益 = net profit
    总收益 總收益 총수익금 = total profit
    収支 = pnl
    リターン = return
    獲得 = realized
    亏损额 虧損額 損失額 = loss
    點數 点数 ポイント 포인트 = points
    買賣方向 매매방향 거래타입 매매타입 거래유형 거래종류 매매종류 = side
    거래가 매매가 = price
    买卖别 買賣別 买卖标志 取引区分 取引種別 거래구분 주문구분 매매유형 买卖 買賣 売買 매매 买卖方向
    매매구분 売買区分 구분 类型 類型 種別 유형 = side
    开多 開多 = open long
    平多 = close long
    开空 開空 = open short
    平空 = close short
    多单 = long
    空单 = short
    買進 买进 買建 买入 買入 买 買 買い 買付 매수 = buy
    卖出 賣出 卖 賣 売 売り 売却 매도 = sell
    做多 多头 多單 多 ロング 롱 = long
    做空 空头 空單 空 ショート 숏 = short
    未平仓 未平倉 持仓 持倉 持有 보유 보유중 未決済 = holding
    未平 未结 未結 未结算 未結算 未了结 未了結 未清仓 未清倉 未卖出 未賣出 未交割 待平仓 持仓中
    持有中 未清算 未売却 未返済 保有中 保持中 建玉中 継続中 オープン中
    미청산 미결제 미매도 진행중 = holding
    オープン 오픈 열림 = open
    未確定 = unrealized
    未確定損益 = unrealized pnl
    未成交 未約定 미체결 = unfilled
    待成交 挂单 掛單 대기 대기중 = pending
    新倉 新仓 建仓 建倉 开仓 開倉 新規 建玉 진입 进场 進場 入场 エントリー = entry
    已平仓 已平倉 決済済み 決済済 청산됨 종료 종료됨 = closed
    清仓 清倉 返済 平仓 平倉 決済 청산 出场 出場 离场 = exit
    止损 止損 損切り 損切 손절 = stoploss
    止盈 停利 利確 익절 = takeprofit
    其他杂费 其他费 其它费 其他費 雜費 杂费 规费 規費 经手费 证管费 结算费 清算费 附加费 総費用
    交易费 交易費 = fee
    红利 紅利 股息 分红 分紅 配当 配当金 배당 배당금 = dividend
    入金 入金额 입금 轉入 转入 银证转入 = deposit
    出金 出金额 출금 轉出 转出 银证转出 = withdrawal
    徴収額 = tax
    手续费 手續費 手数料 수수료 佣金 交易费用 交易費用 费用 費用 过户费 過戶費 印花税 = fee
    諸経費 = fee
    交易稅 交易税 證交稅 期交稅 稅金 税金 세금 제세금 거래세 = tax
    资金费 資金費 资金费用 資金費用 펀딩비 = funding
    资金费率 資金費率 = funding rate
    利息 金利 이자 = interest
    スワップ = swap
    杠杆 槓桿 レバレッジ 레버리지 = leverage
    权益 權益 总资产 總資產 = equity
    账户 帳戶 账号 帳號 口座 계좌 = account
    结果 結果 결과 = result
    胜率 勝率 승률 = win rate
    胜败 胜负 勝敗 勝負 승패 = outcome
    胜 赢 贏 勝ち 승리 = win
    输 輸 負け 패배 = loss
    已撤单 已撤 撤单 已取消 取消 취소 = cancelled
    已成交 = filled
    约定番号 約定番号 成交编号 成交編號 成交序號 체결번호 = trade id
    委托编号 委託編號 委託書號 注文番号 주문번호 = order id
    日数 天数 天數 일수 = days
    操作类型 操作 動作 动作 业务名称 业务类型 交易类别 交易类型 委托方向 = action
    发生金额 收付金额 清算金额 = amount
    商品 商品代碼 商品代码 商品名稱 商品名称 股票 股票代號 股票代号 股票名稱 代號 代号 股號 股名
    币对 幣對 交易品种 交易品種 交易标的 交易標的 合约代码 合約代碼 銘柄コード 銘柄名 証券コード
    마켓 ティッカー
    종목번호 심볼 티커 代码 代碼 证券代码 證券代碼 证券名称 證券名稱 股票名称 股票代码
    标的 標的 合约 合約 品种 品種 币种 幣種 交易对 交易對 종목 종목코드 종목명 銘柄 通貨ペア 코인
    코드 名称 名稱 = symbol
    余额 餘額 残高 잔고 账户余额 = balance
    状态 狀態 状態 상태 = status
    原因 理由 사유 = reason
    金额 金額 금액 成交金额 成交金額 成交額 체결금액 約定代金 = amount
    策略 戦略 전략 システム = strategy
    币别 幣別 币 币种 通貨 통화 货币 = currency
    美元 美金 ドル 달러 = usd
    欧元 歐元 ユーロ 유로 = eur
    円 日元 日圓 = jpy
    港元 港币 港幣 = hkd
    台币 台幣 新台币 新台幣 新臺幣 = twd
    人民币 人民幣 = cny
    원 = krw
    元 = cny
    วันที่ = date
    เวลา = time
    ราคา = price
    ราคาเข้า = entry price
    ราคาออก = exit price
    ราคาซื้อ = buy price
    ราคาขาย = sell price
    กำไร = profit
    ขาดทุน = loss
    จำนวน = quantity
    ซื้อ = buy
    ขาย = sell
    ผลลัพธ์ = result
    หุ้น เหรียญ = symbol
    ค่าธรรมเนียม ค่าคอมมิชชั่น = fee
    สถานะ = status
    ทิศทาง = direction
    ยอดคงเหลือ = balance
    """
