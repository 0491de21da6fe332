export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

/**
 * Each asks the program itself what may come next, so that nothing here needs to know its flags. The answer is a
 * candidate a line with a tab and what it is, or `:files`.
 */

const bash = (completeName: string) => `# Completion of sbstatus for bash: source <(sbstatus completion bash)
_sbstatus() {
  local word line glue='' words=()
  # Bash has cut the words at : and =, and sbstatus wants them whole.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ -n $word && \${#words[@]} -gt 0 && ( -n $glue || $word == [:=]* ) ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    glue=''
    if [[ $word == *[:=] ]]; then glue=1; fi
  done
  local current=\${words[\${#words[@]}-1]} last=\${COMP_WORDS[COMP_CWORD]}
  local before=\${current%"\${last#[:=]}"}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then return; fi
    line=\${line%%$'\\t'*}
    line=\${line#"$before"}
    if [[ -n $line ]]; then COMPREPLY+=("$line"); fi
  done < <("$1" ${completeName} -- "\${words[@]}" 2>/dev/null)
  if [[ \${COMPREPLY[0]-} == *[:,] ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _sbstatus sbstatus
`;

const zsh = (completeName: string) => `#compdef sbstatus
# Completion of sbstatus for zsh: source <(sbstatus completion zsh), after compinit
_sbstatus() {
  local -a lines values about open
  local line value
  lines=("\${(@f)$("$words[1]" ${completeName} -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  if [[ $lines[1] == :files ]]; then
    compset -P '--*='
    _files
    return
  fi
  for line in $lines; do
    value=\${line%%$'\\t'*}
    if [[ $value == *[:,] ]]; then
      open+=("$value")
    else
      values+=("$value")
      about+=("$value  \${line#*$'\\t'}")
    fi
  done
  if (( $#open )); then compadd -S '' -a open; fi
  if (( $#values )); then compadd -l -d about -a values; fi
}
if [[ $funcstack[1] == _sbstatus ]]; then
  _sbstatus "$@"
else
  compdef _sbstatus sbstatus
fi
`;

const fish = (completeName: string) => `# Completion of sbstatus for fish: sbstatus completion fish | source
function __sbstatus_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] ${completeName} -- $words[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = ':files'
        set -l before (string match -r '^--[^=]*=' -- "$current")
        for path in (__fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current"))
            echo "$before$path"
        end
    else
        printf '%s\\n' $lines
    end
end
complete -c sbstatus -f -a '(__sbstatus_complete)'
`;

const powershell = (
  completeName: string,
) => `# Completion of sbstatus for PowerShell: sbstatus completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName sbstatus -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $elements = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.StartOffset -lt $cursorPosition })
    $words = @($elements | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
    })
    if ($elements.Count -eq 0 -or $elements[-1].Extent.EndOffset -lt $cursorPosition) { $words += '' }
    # PowerShell cuts lists at the comma, and sbstatus wants them whole.
    $before = [Math]::Max(0, $words[-1].Length - $wordToComplete.Length)
    # Before 7.3 an empty argument is lost on its way to a program.
    if ($words[-1] -eq '' -and $PSVersionTable.PSVersion -lt [version]'7.3') { $words[-1] = '""' }
    $program = $commandAst.GetCommandName()
    foreach ($line in @(& $program ${completeName} '--' @words 2>$null)) {
        if ($line -eq ':files') { return }
        $value, $about = $line -split "\`t", 2
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($value.Substring($before), $value, 'ParameterValue', $about)
    }
}
`;

const scripts: Readonly<Record<Shell, (completeName: string) => string>> = { bash, zsh, fish, powershell };

/** The script of a shell. `completeName`: the hidden command that it asks what may come next. */
export function completionScript(shell: Shell, completeName: string): string {
  return scripts[shell](completeName);
}
