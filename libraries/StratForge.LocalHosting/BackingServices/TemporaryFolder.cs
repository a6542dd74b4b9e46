using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.BackingServices;

/// <summary>A folder that goes with the run.</summary>
internal static class TemporaryFolder
{
    // A file that was created while the folder was being emptied is met again the next time; who goes on creating them is the watchdog's.
    private const int Attempts = 5;

    /// <summary>A path for a new one, which the watchdog is told of.</summary>
    /// <param name="name">Its name, without blanks.</param>
    public static string Reserve(string name)
    {
        // The watchdog's shell takes words, and what is removed with all in it must not be the first half of a path.
        var root = Path.GetTempPath() is var usual && usual.Any(char.IsWhiteSpace) ? "/tmp" : usual;
        var folder = Path.Combine(root, name);
        Watchdog.Shared.RemoveAtEnd(folder);
        return folder;
    }

    /// <summary>Removes a folder that the watchdog was told of. What resists stays with the watchdog, which also ends whoever writes there.</summary>
    public static void Remove(string folder)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // It may also be one below it that somebody else removed meanwhile.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            if (!Directory.Exists(folder))
            {
                Watchdog.Shared.Removed(folder);
                return;
            }
        }
    }
}
