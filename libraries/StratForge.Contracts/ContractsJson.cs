using System.Text.Json;
using System.Text.Json.Serialization;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Contracts.Validation;

namespace StratForge.Contracts;

/// <summary>Source-generated JSON of everything that crosses a process boundary: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(BarMessage))]
[JsonSerializable(typeof(TradeTick))]
[JsonSerializable(typeof(QuoteTick))]
[JsonSerializable(typeof(TradingStatus))]
[JsonSerializable(typeof(SubscriptionUpdate))]
[JsonSerializable(typeof(UserEvent))]
[JsonSerializable(typeof(OrderEvent))]
[JsonSerializable(typeof(PortfolioEvent))]
[JsonSerializable(typeof(AlertEvent))]
[JsonSerializable(typeof(SessionEvent))]
[JsonSerializable(typeof(ExecuteSignal))]
[JsonSerializable(typeof(ExecuteSignal[]))]
[JsonSerializable(typeof(ExecuteOutcome))]
[JsonSerializable(typeof(ExecuteOutcome[]))]
[JsonSerializable(typeof(CancelOrders))]
[JsonSerializable(typeof(CancelOrdersOutcome))]
[JsonSerializable(typeof(ValidateStrategy))]
[JsonSerializable(typeof(ValidationReport))]
[JsonSerializable(typeof(ReadyFrame))]
[JsonSerializable(typeof(LoadFrame))]
[JsonSerializable(typeof(LoadedFrame))]
[JsonSerializable(typeof(ErrorFrame))]
[JsonSerializable(typeof(DoneFrame))]
[JsonSerializable(typeof(ReplayResult))]
public sealed partial class ContractsJson : JsonSerializerContext;
