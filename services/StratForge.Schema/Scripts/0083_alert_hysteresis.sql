-- What a drawdown's level chose could have more decimals than an owner may give; a change of such an alert was refused for it.
update alerts set hysteresis = trunc(hysteresis, 9) where hysteresis <> trunc(hysteresis, 9);
