#!/bin/sh
# Ends what a process started, and removes its temporary folders, as soon as that process is gone. A process that is killed by
# SIGKILL cannot do it itself. It holds the other end of our standard input, which closes when it ends. Each line it writes:
#   started NUMBER   a process, or a process group as a negative number
#   ended NUMBER     it needs no more care
#   made FOLDER      a temporary folder

REMOVE_TRIES=100
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
printf '%s' "$folders" | while read -r folder; do
  try=0
  # Others may still write there while they end.
  while rm -rf -- "$folder" 2>/dev/null; [ -e "$folder" ] && [ $try -lt $REMOVE_TRIES ]; do
    try=$((try + 1))
    sleep 0.2
  done
done
