#!/bin/sh
# Ends what a process started, and removes its temporary folders, as soon as that process is gone. A process that is killed by
# SIGKILL cannot do it itself. It holds the other end of our standard input, which closes when it ends. Each line it writes:
#   started NUMBER   a process, or a process group as a negative number
#   ended NUMBER     it needs no more care
#   made FOLDER      a temporary folder

# Looks a fifth of a second apart: nothing may have come back for two seconds, and after twenty we give up.
QUIET_LOOKS=10
LOOKS=100
processes=' '
folders=''
while read -r act what; do
  case $act in
    started) processes="$processes$what " ;;
    ended)
      case $processes in
        *" $what "*) processes="${processes%% "$what" *} ${processes#* "$what" }" ;;
      esac
      ;;
    made) folders="$folders$what
" ;;
  esac
done

for process in $processes; do
  kill -s KILL -- "$process" 2>/dev/null
done

# Removes what is there of the folders; whether there was any.
remove_folders() {
  found=1
  while read -r folder; do
    [ -n "$folder" ] && [ -e "$folder" ] || continue
    rm -rf -- "$folder" 2>/dev/null
    found=0
  done <<END
$folders
END
  return $found
}

# Processes that others started may still write there until they have noticed, too.
if remove_folders; then
  quiet=0
  look=0
  while [ $quiet -lt $QUIET_LOOKS ] && [ $look -lt $LOOKS ]; do
    sleep 0.2
    look=$((look + 1))
    if remove_folders; then quiet=0; else quiet=$((quiet + 1)); fi
  done
fi
