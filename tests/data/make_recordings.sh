#!/bin/sh
# Makes the recordings of the demo's wearer anew, with flite's voice "rms": a person's voice by a synthesizer, not a person.
# Needs flite and sox (sudo apt install flite sox). The words are those of demo.toml, and three more.
set -eu
cd "$(dirname "$0")"
{ printf '%s\n' "okay nabu" "what can you do" "pair a new phone"; sed -n 's/^words = "\(.*\)"$/\1/p' demo.toml; } | while read -r words; do
    name=$(printf '%s' "$words" | tr ' ' '_')
    flite -voice rms -t "$words" -o "$name.wav"
    # A quarter of a second before and after, at the level of somebody who speaks to glasses.
    sox "$name.wav" -r 16000 -c 1 -b 16 "$name.flac" norm -6 pad 0.25 0.25
    rm "$name.wav"
done
mkdir -p wake
mv okay_nabu.flac wake/
