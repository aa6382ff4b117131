using System.CommandLine;
using QTrain.Cli.Terminal;

namespace QTrain.Cli.Completions;

/// <summary><c>qtrain completion</c>: a script that lets a shell complete verbs, options and runs.</summary>
internal static class CompletionCommand
{
    // Every script asks qtrain itself, so that it never gets out of date.
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # qtrain completion for bash. Use it now:   source <(qtrain completion bash)
            # or for good:   qtrain completion bash > ~/.local/share/bash-completion/completions/qtrain
            _qtrain() {
              local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]}
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word"))
            }
            complete -o default -F _qtrain qtrain ./qtrain
            """,
        ["zsh"] = """
            #compdef qtrain
            # qtrain completion for zsh. Use it now:   source <(qtrain completion zsh)
            # or for good: save it as _qtrain in a folder of your fpath.
            _qtrain() {
              local line="${(j: :)words[1,CURRENT]}"
              local -a candidates
              candidates=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
              compadd -- "${(@)candidates:#}" || _files
            }
            compdef _qtrain qtrain
            """,
        ["fish"] = """
            # qtrain completion for fish. Use it now:   qtrain completion fish | source
            # or for good:   qtrain completion fish > ~/.config/fish/completions/qtrain.fish
            function __qtrain_complete
                set -l line (commandline -cp)
                qtrain "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c qtrain -a '(__qtrain_complete)'
            """,
    };

    public static Command Create(CommandTerminal terminal)
    {
        var shell = new Argument<string>("shell") { Description = "Which shell.", HelpName = "bash|zsh|fish" };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        return new Command("completion", "A script with which your shell completes qtrain's verbs, options and runs.") { shell }
            .Does(terminal, [("source <(qtrain completion bash)", "complete in this shell"), ("qtrain completion fish | source", "the same for fish")],
            (parse, result) =>
            {
                var script = Scripts[parse.GetValue(shell)!].ReplaceLineEndings("\n");
                result.Write(() => new System.Text.Json.Nodes.JsonObject { ["script"] = script }, text => text.Write(script + "\n"));
                return ExitCode.Success;
            });
    }
}
