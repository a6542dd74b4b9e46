using System.Diagnostics;
using StratForge.Alpaca;

namespace StratForge.Ingestor.Bars;

/// <summary>A bar that has its number and is to be stored and published.</summary>
/// <param name="Symbol">Its symbol.</param>
/// <param name="Seq">Its number.</param>
/// <param name="Value">The bar.</param>
/// <param name="ReceivedAt">When it reached us.</param>
/// <param name="Trace">The trace that begins with it, when sampled.</param>
internal sealed record LiveBar(string Symbol, long Seq, AlpacaBar Value, DateTimeOffset ReceivedAt, Activity? Trace);
