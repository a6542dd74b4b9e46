using System.Text.Json;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;
using FloorView = StratForge.SimulatedExchange.Floor.TradingFloor.FloorView;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary><c>/v2/watchlists</c>: lists of symbols, found by id or by name.</summary>
internal static class WatchlistEndpoints
{
    private static readonly Refusal WatchlistRequired = Refusals.Parameter("watchlist is required");

    public static void MapWatchlists(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/watchlists", ListAsync);
        routes.MapPost("/v2/watchlists", CreateAsync);
        foreach (var path in (ReadOnlySpan<string>)["/v2/watchlists/{id}", "/v2/watchlists:by_name"])
        {
            routes.MapGet(path, context => AnswerAsync(context, null));
            routes.MapPost(path, AppendAsync);
            routes.MapPut(path, ReplaceAsync);
            routes.MapPatch(path, ReplaceAsync); // One of Alpaca's own clients updates with PATCH.
            routes.MapDelete(path, DeleteAsync);
        }

        routes.MapDelete("/v2/watchlists/{id}/{**symbol}", RemoveAsync);
    }

    /// <summary>What a change makes of a list: the list, null for none any more, or a refusal.</summary>
    private delegate (Watchlist? Next, Refusal? Refusal) Change(FloorView view, Draft draft, Watchlist list);

    private static Task ListAsync(HttpContext context)
    {
        var (account, lists) = Floor(context).Ask(view => (view.Book.AccountId, view.Book.Watchlists.ToList()));
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var list in lists)
            {
                Write(json, list, account, assets: null);
            }

            json.WriteEndArray();
        });
    }

    private static async Task CreateAsync(HttpContext context)
    {
        using var body = await Answers.ReadAsync(context);
        var (name, symbols, refusal) = Read(body);
        if (refusal is not null || name is null)
        {
            await Answers.RefuseAsync(context, refusal ?? Refusals.Parameter("name is required"));
            return;
        }

        var floor = Floor(context);
        var (created, account, wrong) = floor.Do((view, draft) =>
        {
            var next = new Watchlist(view.NewId(), name, [], draft.At, draft.At);
            var (list, flaw) = view.Book.Watchlists.Count >= Watchlist.MostLists
                ? (null, Refusals.Parameter($"no more than {Watchlist.MostLists} watchlists are kept; delete one first"))
                : Filled(view, next, symbols ?? []);
            if (list is not null)
            {
                draft.Keep(list);
            }

            return (list, view.Book.AccountId, flaw);
        });
        await (created is null ? Answers.RefuseAsync(context, wrong!) : Answers.WriteAsync(context, json => Write(json, created, account, Assets(context))));
    }

    private static async Task AppendAsync(HttpContext context)
    {
        using var body = await Answers.ReadAsync(context);
        if (body is null || body.RootElement.ValueKind != JsonValueKind.Object)
        {
            await Answers.RefuseAsync(context, Refusals.Malformed);
            return;
        }

        var symbol = new RequestFields(body.RootElement).Text("symbol");
        await AnswerAsync(context, (view, draft, list) => symbol is null
            ? (null, Refusals.Parameter("symbol is required"))
            : Filled(view, list with { UpdatedAt = draft.At }, [.. list.Symbols, symbol]));
    }

    private static async Task ReplaceAsync(HttpContext context)
    {
        using var body = await Answers.ReadAsync(context);
        var (name, symbols, refusal) = Read(body);
        if (refusal is not null)
        {
            await Answers.RefuseAsync(context, refusal);
            return;
        }

        await AnswerAsync(context, (view, draft, list) =>
            Filled(view, list with { Name = name ?? list.Name, UpdatedAt = draft.At }, symbols ?? list.Symbols));
    }

    private static Task RemoveAsync(HttpContext context)
    {
        var sought = Uri.UnescapeDataString((string?)context.Request.RouteValues["symbol"] ?? "");
        return AnswerAsync(context, (view, draft, list) =>
            view.Prices.Find(sought)?.Symbol is { } symbol && list.Symbols.Contains(symbol, StringComparer.Ordinal)
                ? (list with { Symbols = [.. list.Symbols.Where(held => held != symbol)], UpdatedAt = draft.At }, null)
                : (null, Refusals.NotFound($"asset not found for {sought}")));
    }

    private static Task DeleteAsync(HttpContext context)
    {
        var (deleted, refusal) = Floor(context).Do((view, draft) =>
        {
            var (list, unknown) = Find(context, view.Book);
            if (list is not null)
            {
                draft.Drop(list);
            }

            return (list is not null, unknown);
        });
        return deleted ? Answers.NoContentAsync(context) : Answers.RefuseAsync(context, refusal!);
    }

    // The list that the path or the query names, changed if there is a change, and shown with its assets.
    private static Task AnswerAsync(HttpContext context, Change? change)
    {
        var floor = Floor(context);
        var (shown, account, refusal) = floor.Do((view, draft) =>
        {
            var (list, wrong) = Find(context, view.Book);
            if (list is not { } found || change is null)
            {
                return (list, view.Book.AccountId, wrong);
            }

            (list, wrong) = change(view, draft, found);
            if (list is not null)
            {
                draft.Keep(list);
            }

            return (list, view.Book.AccountId, wrong);
        });
        return shown is null ? Answers.RefuseAsync(context, refusal!) : Answers.WriteAsync(context, json => Write(json, shown, account, Assets(context)));
    }

    private static (Watchlist? List, Refusal? Refusal) Find(HttpContext context, AccountBook book)
    {
        if (context.Request.RouteValues["id"] is not string text)
        {
            var name = context.Request.Query["name"].ToString();
            return book.Watchlists.FirstOrDefault(list => list.Name == name) is { } named ? (named, null) : (null, Unknown(name));
        }

        return !Guid.TryParse(text, out var id) ? (null, WatchlistRequired)
            : book.FindWatchlist(id) is { } found ? (found, null)
            : (null, Unknown(text));

        static Refusal Unknown(string sought) => Refusals.NotFound($"watchlist not found: {sought}");
    }

    /// <summary>The list with these symbols, each once and spelled as the market does, or what is wrong with it.</summary>
    private static (Watchlist? List, Refusal? Refusal) Filled(FloorView view, Watchlist list, IReadOnlyList<string> symbols)
    {
        var book = view.Book;
        if (book.Watchlists.Any(other => other.Id != list.Id && other.Name == list.Name))
        {
            return (null, Refusals.Parameter("watchlist name must be unique"));
        }

        var held = new List<string>();
        foreach (var symbol in symbols)
        {
            if (view.Prices.Find(symbol) is not { } instrument)
            {
                return (null, Refusals.NotFound($"asset not found for {symbol}"));
            }

            if (!held.Contains(instrument.Symbol, StringComparer.Ordinal))
            {
                held.Add(instrument.Symbol);
            }
        }

        return held.Count > Watchlist.MostSymbols
            ? (null, Refusals.Parameter($"a watchlist has no more than {Watchlist.MostSymbols} symbols"))
            : (list with { Symbols = held }, null);
    }

    private static (string? Name, IReadOnlyList<string>? Symbols, Refusal? Refusal) Read(JsonDocument? body)
    {
        if (body is null || body.RootElement.ValueKind != JsonValueKind.Object)
        {
            return (null, null, Refusals.Malformed);
        }

        var name = new RequestFields(body.RootElement).Text("name");
        if (name is { Length: > Watchlist.LongestName })
        {
            return (null, null, Refusals.Parameter($"name must be no more than {Watchlist.LongestName} characters"));
        }

        if (!body.RootElement.TryGetProperty("symbols", out var symbols) || symbols.ValueKind == JsonValueKind.Null)
        {
            return (name, null, null);
        }

        return symbols.ValueKind == JsonValueKind.Array && symbols.EnumerateArray().All(symbol => symbol.ValueKind == JsonValueKind.String)
            ? (name, [.. symbols.EnumerateArray().Select(symbol => symbol.GetString()!)], null)
            : (null, null, Refusals.Malformed);
    }

    // In the list of lists the assets are left out.
    private static void Write(Utf8JsonWriter json, Watchlist list, Guid account, (PriceSource Prices, ExchangeOptions Options)? assets)
    {
        json.WriteStartObject();
        json.WriteString("id", list.Id);
        json.WriteString("account_id", account);
        json.WriteInstant("created_at", list.CreatedAt);
        json.WriteInstant("updated_at", list.UpdatedAt);
        json.WriteString("name", list.Name);
        if (assets is var (prices, options))
        {
            json.WriteStartArray("assets");
            foreach (var symbol in list.Symbols)
            {
                AssetEndpoints.Write(json, prices.Find(symbol)!, prices, options);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static (PriceSource Prices, ExchangeOptions Options) Assets(HttpContext context) => (Floor(context).Prices, AssetEndpoints.Options(context));

    private static TradingFloor Floor(HttpContext context) => context.RequestServices.GetRequiredService<TradingFloor>();
}
