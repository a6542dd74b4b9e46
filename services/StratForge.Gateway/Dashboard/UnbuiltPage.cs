namespace StratForge.Gateway.Dashboard;

/// <summary>What the root answers when the gateway was built on a machine without Node.</summary>
internal static class UnbuiltPage
{
    public static NoncedPage Page { get; } = new($$"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>StratForge</title>
          <style nonce="{{NoncedPage.Placeholder}}">
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
            body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }
            code { padding: .1em .3em; border: 1px solid; border-radius: 4px; }
          </style>
        </head>
        <body>
          <main>
            <h1>StratForge is running</h1>
            <p>Its services are up; the dashboard was not built, because the build found no Node 20.19 or later, or could not fetch the
              dashboard's packages.</p>
            <p>To get the dashboard: install Node 20.19 or later (<code>node --version</code> tells which one is there), build again with
              <code>dotnet build</code>, and start again.</p>
            <p>Without it: <a href="/swagger">the API, to read and try</a> and <a href="/health">the state of this service</a>.</p>
          </main>
        </body>
        </html>
        """);
}
