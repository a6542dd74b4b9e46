using System.Text.Json;
using StratForge.Contracts.Orders;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>A request for an order as the client wrote it, before it is known whether it makes an order.</summary>
internal sealed class OrderForm
{
    public const decimal LeastTrailPercent = 0.1m;

    /// <summary>A trail has to be below this, percent.</summary>
    public const decimal MostTrailPercent = 100m;

    private const int LongestClientOrderId = 128;
    private const int MostDecimals = 9;

    private readonly string? _symbol;
    private readonly string? _side;
    private readonly string? _type;
    private readonly string? _timeInForce;
    private readonly string _class;
    private readonly string? _clientOrderId;
    private readonly string? _intent;
    private readonly decimal? _quantity;
    private readonly decimal? _notional;
    private readonly decimal? _limit;
    private readonly decimal? _stop;
    private readonly decimal? _trailPrice;
    private readonly decimal? _trailPercent;
    private readonly decimal? _takeProfit;
    private readonly decimal? _stopLoss;
    private readonly decimal? _stopLossLimit;
    private readonly bool _extendedHours;
    private readonly bool _advanced;
    private readonly bool _malformed;

    /// <param name="body">An object.</param>
    public OrderForm(JsonElement body)
    {
        var fields = new RequestFields(body);
        _symbol = fields.Text("symbol");
        _side = fields.Text("side");
        _type = fields.Text("type");
        _timeInForce = fields.Text("time_in_force");
        _class = fields.Text("order_class") is { } named and not "simple" ? named : "";
        _clientOrderId = fields.Text("client_order_id");
        _intent = fields.Text("position_intent");
        _quantity = fields.Number("qty");
        _notional = fields.Number("notional");
        _limit = fields.Number("limit_price");
        _stop = fields.Number("stop_price");
        _trailPrice = fields.Number("trail_price");
        _trailPercent = fields.Number("trail_percent");
        _extendedHours = fields.Flag("extended_hours");
        _advanced = fields.Has("advanced_instructions");
        var (takeProfit, stopLoss) = (fields.Object("take_profit"), fields.Object("stop_loss"));
        _takeProfit = takeProfit?.Number("limit_price");
        _stopLoss = stopLoss?.Number("stop_price");
        _stopLossLimit = stopLoss?.Number("limit_price");
        _malformed = fields.Malformed || takeProfit is { Malformed: true } || stopLoss is { Malformed: true };
    }

    /// <summary>The first thing that makes it no order; null when it is one.</summary>
    public Refusal? Flaw() => _malformed ? Refusals.Malformed : FlawOfWords() ?? FlawOfAmount() ?? FlawOfPrices() ?? FlawOfExits();

    /// <summary>The request, once it has no <see cref="Flaw"/>.</summary>
    public OrderRequest ToRequest() => new(
        _symbol!,
        _quantity,
        _notional,
        _side == "buy" ? Side.Buy : Side.Sell,
        Type,
        TimesInForce.Parse(_timeInForce!),
        _class == "oco" ? _takeProfit : _limit,
        _extendedHours,
        _clientOrderId)
    {
        StopPrice = _stop,
        TrailPrice = _trailPrice,
        TrailPercent = _trailPercent,
        Class = _class switch { "bracket" => OrderClass.Bracket, "oco" => OrderClass.Oco, "oto" => OrderClass.Oto, _ => OrderClass.Simple },
        TakeProfit = _takeProfit,
        StopLoss = _stopLoss,
        StopLossLimit = _stopLossLimit,
        Intent = _intent,
    };

    /// <summary>What is wrong with the id that a client gives an order; null when nothing is, or it gives none.</summary>
    public static Refusal? FlawOfId(string? clientOrderId) => clientOrderId is { Length: > LongestClientOrderId }
        ? Refusals.Parameter($"client_order_id must be no more than {LongestClientOrderId} characters")
        : null;

    private OrderType Type => _type switch
    {
        "market" => OrderType.Market,
        "limit" => OrderType.Limit,
        "stop" => OrderType.Stop,
        "stop_limit" => OrderType.StopLimit,
        _ => OrderType.TrailingStop,
    };

    private Refusal? FlawOfWords() =>
        _symbol is null ? Refusals.Parameter("symbol is required")
        : _side is not ("buy" or "sell") ? Refusals.Parameter(_side is null ? "side is required" : "invalid side")
        : _type is null ? Refusals.Parameter("type is required")
        : _type is not ("market" or "limit" or "stop" or "stop_limit" or "trailing_stop") ? Refusals.Parameter("invalid order type")
        : _timeInForce is null ? Refusals.Parameter("time_in_force is required")
        : _timeInForce is not ("day" or "gtc" or "ioc" or "fok" or "opg" or "cls") ? Refusals.Parameter("invalid time_in_force")
        : _class == "mleg" ? Refusals.Rule("order_class mleg is not supported by this venue")
        : _advanced ? Refusals.Forbidden("account not allowed to use advanced_instructions")
        : _class is not ("" or "bracket" or "oco" or "oto") ? Refusals.Parameter("invalid order_class")
        : _intent is not (null or "buy_to_open" or "buy_to_close" or "sell_to_open" or "sell_to_close") ? Refusals.Parameter("invalid position_intent")
        : FlawOfId(_clientOrderId);

    private Refusal? FlawOfAmount() =>
        _quantity is null && _notional is null ? Refusals.Parameter("qty or notional is required")
        : _quantity is not null && _notional is not null ? Refusals.Parameter("only one of qty or notional is accepted")
        : _quantity <= 0m ? Refusals.Parameter("qty must be > 0")
        : _notional <= 0m ? Refusals.Parameter("notional must be > 0")
        : Decimals.Of(_quantity ?? 0m) > MostDecimals ? Refusals.Parameter("qty must be limited to 9 decimal places")
        : Decimals.Of(_notional ?? 0m) > MostDecimals ? Refusals.Parameter("notional must be limited to 9 decimal places")
        : null;

    private Refusal? FlawOfPrices()
    {
        var hasTrail = _trailPrice is not null || _trailPercent is not null;
        return (_type switch
        {
            "market" => _limit is not null || _stop is not null ? "market orders require no stop or limit price"
                : hasTrail ? "market orders must not have trail_price"
                : null,
            "limit" => _limit is null && _class != "oco" ? "limit orders require a limit price"
                : _stop is not null ? "limit orders require no stop price"
                : null,
            "stop" => _stop is null ? "stop orders require a stop price"
                : _limit is not null ? "stop orders require no limit price"
                : null,
            "stop_limit" => _stop is null || _limit is null ? "stop limit orders require both stop and limit price" : null,
            _ => _trailPrice is null == _trailPercent is null ? "trailing stop orders must specify one of trail_price or trail_percent"
                : _limit is not null || _stop is not null ? "trailing stop orders require no stop or limit price"
                : _trailPrice <= 0m ? "trail_price must be > 0"
                : _trailPercent < LeastTrailPercent ? "trail_percent must be greater than or equal to 0.1"
                : _trailPercent >= MostTrailPercent ? "trail_percent must be less than 100"
                : null,
        } ?? (hasTrail && _type != "trailing_stop" ? "only trailing stop orders have a trail"
            : _limit <= 0m ? "limit price must be > 0"
            : _stop <= 0m ? "stop price must be > 0"
            : null)) is { } message ? Refusals.Parameter(message) : null;
    }

    private Refusal? FlawOfExits() => (_class switch
    {
        "" => _takeProfit is not null || _stopLoss is not null || _stopLossLimit is not null
            ? Refusals.Parameter("take_profit and stop_loss require an order_class of bracket, oco or oto") : null,
        _ when _quantity is null => Refusals.Parameter("qty is required"),
        _ when _type == "trailing_stop" => Refusals.Rule("trailing stop orders must be simple orders"),
        "oco" when _type != "limit" => Refusals.Rule("oco orders must be limit orders"),
        "bracket" or "oco" when _takeProfit is null => Refusals.Parameter($"{_class} orders require take_profit.limit_price"),
        "bracket" or "oco" when _stopLoss is null => Refusals.Parameter($"{_class} orders require stop_loss.stop_price"),
        "oto" when _takeProfit is null == _stopLoss is null => Refusals.Parameter("oto orders require one of take_profit.limit_price or stop_loss.stop_price"),
        _ => null,
    }) ?? (_takeProfit <= 0m || _stopLoss <= 0m || _stopLossLimit <= 0m ? Refusals.Parameter("prices of take_profit and stop_loss must be > 0")
        : _stopLossLimit is not null && _stopLoss is null ? Refusals.Parameter("stop_loss.limit_price requires stop_loss.stop_price")
        : null);
}
