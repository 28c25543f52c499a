#!/usr/bin/env bash
# Draws docs/samples/clip.mp4. Nothing runs this on install or in tests: the result is kept in the repository.
# Needs ffmpeg 5 or newer with libx264 and fontconfig, and the DejaVu fonts.
set -euo pipefail
out=${1:-"$(dirname "$0")/../../../../docs/samples/clip.mp4"}
ffmpeg -y -hide_banner -loglevel error \
  -f lavfi -i "gradients=s=1280x720:r=25:d=10:c0=0x0b1d3a:c1=0x14506e:c2=0xe07a3f:c3=0x2a1238:n=4:x0=0:y0=0:x1=1280:y1=720:speed=0.02:seed=7" \
  -f lavfi -i "smptehdbars=s=1280x96:r=25:d=10" \
  -f lavfi -i "mandelbrot=s=400x400:r=25:start_scale=2.2:end_scale=0.05:end_pts=250:maxiter=600:inner=black" \
  -f lavfi -i "sine=f=440:beep_factor=2:r=48000:d=10" \
  -filter_complex "
    [0:v]noise=alls=6:allf=t[sky];
    [2:v]trim=duration=10,format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='if(lte(hypot(X-200,Y-200),196),230,0)'[disc];
    [sky][disc]overlay=800:112:shortest=1[scene];
    [scene][1:v]overlay=0:624[barred];
    [barred]
    drawtext=font='DejaVu Sans\:style=Bold':text='HOLDFAST':fontcolor=white:fontsize=88:x=72:y=150,
    drawtext=font='DejaVu Sans':text='sample clip  1280 × 720  25 p  440 Hz':fontcolor=white@0.85:fontsize=28:x=76:y=262,
    drawtext=font='DejaVu Sans Mono':timecode='10\:00\:00\:00':r=25:fontcolor=white:fontsize=72:x=72:y=380,
    drawbox=x='72+mod(t,1)*600':y=490:w=12:h=36:color=white@0.9:t=fill,
    drawbox=x=72:y=524:w=612:h=2:color=white@0.6:t=fill,
    format=yuv420p[video];
    [3:a]volume=0.25,aformat=channel_layouts=stereo[audio]" \
  -map "[video]" -map "[audio]" -t "${SECONDS_OF_CLIP:-10}" \
  -c:v libx264 -preset slow -b:v 3900k -maxrate 5000k -bufsize 8000k -g 50 \
  -c:a aac -b:a 128k -movflags +faststart -timecode 10:00:00:00 \
  -metadata title="Holdfast sample clip" "$out"
