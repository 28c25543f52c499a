#!/usr/bin/env bash
# Records `npm start` in a terminal of 96 columns and draws docs/images/upload.svg from what it showed. Needs tmux; run it in the clone.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
frames=$(mktemp -d)
trap 'tmux -L holdfast-record kill-server 2>/dev/null || true; rm -rf "$frames"' EXIT

tmux -L holdfast-record -f /dev/null new-session -d -s record -x 96 -y 26 \
  "env TERM=xterm-256color bash --norc -c 'echo \$ npm start; npm start --silent; touch \"$frames/done\"; sleep 5'"
begin=$(date +%s%3N)
while [ ! -e "$frames/done" ]; do
  sleep 0.35
  tmux -L holdfast-record capture-pane -t record -e -p >"$frames/$(($(date +%s%3N) - begin)).txt"
done
sleep 0.5
tmux -L holdfast-record capture-pane -t record -e -p >"$frames/$(($(date +%s%3N) - begin)).txt"
node_modules/.bin/node packages/tools/docs/recording/terminalSvg.ts "$frames" >docs/images/upload.svg
ls -l docs/images/upload.svg
