/// See `ScreenGoldenTests`.
enum ScreenGoldens {
    static let all: [String: String] = [
        "nodes 80x24": """
         roost · roost · redis://redis:6379 7.0.15 ● 0.4 … 14:02:11Z every 1s READ-ONLY
         nodes 1 up · 1 draining · 1 LOST   slots 30/32 █████████▍
         queued 1,204  running 0  dead 0  scheduled 0  done 1,990  cancelled 0
         in           █████ 398/s  done           █████ 398/s  fail           ▁▁▁▁▁ 0/s
         sample: newest 2 done · wait p50 250ms p99 250ms  run p50 1.2s p99 1.2s
         [1 Nodes 3] 2 Queues 1  3 Jobs 1,204  4 Dead 0  5 Cron  6 Events  7 Store
         3 rows · by state
          NODE                  STATE       SLOTS                      HEARTBEAT  PEERS
        > worker@10.0.0.9:4370  ✕ LOST      15 jobs: leases end < 14s       0.2s      –
          worker@10.0.0.8:4370  ◐ draining  ███████▌ 15/16                  0.2s      –
          worker@10.0.0.7:4370  ● up        ███████▌ 15/16                  0.2s      –

         Events
         14:02:06 * sysmon started  watching roost









         q quit  ? help  1-7 tab  space freeze  enter open  / filter  s sort  jk row
        """,
        "queues 80x24": """
         roost · roost · redis://redis:6379 7.0.15 ● 0.4… 14:02:11Z every 1s READ-WRITE
         nodes 1 up · 1 draining · 1 LOST   slots 30/32 █████████▍
         queued 1,204  running 0  dead 0  scheduled 0  done 1,990  cancelled 0
         in           █████ 398/s  done           █████ 398/s  fail           ▁▁▁▁▁ 0/s
         sample: newest 2 done · wait p50 250ms p99 250ms  run p50 1.2s p99 1.2s
          1 Nodes 3 [2 Queues 1] 3 Jobs 1,204  4 Dead 0  5 Cron  6 Events  7 Store
         2 rows · by name
          QUEUE    STATE     QUEUED  OLDEST  RUNNING     SCHEDULED  DEAD  LIMITS
          default  ● active   1,204     12s  0                   0     0
        > media    ‖ paused       0       –  ████▌░ 3/4          0     2  10 per 1s













         q quit  ? help  P pause  1-7 tab  space freeze  enter open  / filter  s sort  …
        """,
        "jobs 200x50": """
         roost · roost · redis://redis:6379 7.0.15 ● 0.4 ms appendfsync always                                                                                                     14:02:11Z every 1s READ-ONLY
         nodes 1 up · 1 draining · 1 LOST   slots 30/32 █████████▍
         queued 1,204  running 0  dead 0  scheduled 0  done 1,990  cancelled 0
         in                          █████ 398/s  done                          █████ 398/s  fail                          ▁▁▁▁▁ 0/s
         sample: newest 2 done · wait p50 250ms p99 250ms  run p50 1.2s p99 1.2s
          1 Nodes 3  2 Queues 1 [3 Jobs 1,204] 4 Dead 0  5 Cron  6 Events  7 Store
         1,234 jobs · newest first
          TYPE       STATE        QUEUE    TRY  AGE   RAN  JOB                         WORKER                  NOTE
          thumbnail  ◷ scheduled  default  0/3  60s     –  01KCHMASW90000000000000005                          starts in 90s
          echo       ○ queued     default  0/3  60s     –  01KCHMASW90000000000000004
        > sleep      ▶ running    media    1/3  60s   59s  01KCHMASW90000000000000003  worker@10.0.0.7:4370#1
          sleep      ● done       default  1/3  60s  1.2s  01KCHMASW90000000000000002  worker@10.0.0.7:4370#1
          fail       ✕ failed     default  1/3   2h  1.2s  01KCHMASW90000000000000001  worker@10.0.0.7:4370#1  boom: no such file




































         q quit  ? help  1-7 tab  space freeze  enter open  / filter  s sort  [] page  jk row
        """,
        "dead 80x24 ASCII": """
         roost - roost - redis://redis:6379 7.0.15 * 0.4 ~ 14:02:11Z every 1s READ-ONLY
         nodes 1 up - 1 draining - 1 LOST   slots 30/32 #########-
         queued 1,204  running 0  dead 0  scheduled 0  done 1,990  cancelled 0
         in           ##### 398/s  done           ##### 398/s  fail           _____ 0/s
         sample: newest 2 done - wait p50 250ms p99 250ms  run p50 1.2s p99 1.2s
          1 Nodes 3  2 Queues 1  3 Jobs 1,204 [4 Dead 0] 5 Cron  6 Events  7 Store
         1 job - newest first
          TYPE  STATE     QUEUE    TRY  DIED   RAN  NOTE
        > fail  x failed  default  1/3    1h  1.2s  boom: no such file














         q quit  ? help  1-7 tab  space freeze  enter open  / filter  s sort  [] page  ~
        """,
        "cron 72x14": """
         roost · roost · ● 0.4 ms                                     14:02:11Z
         queued 1,204  running 0  dead 0  scheduled 0  done 1,990  cancelled 0
         in        █████ 398/s  done        █████ 398/s  fail        ▁▁▁▁▁ 0/s
          1 Nodes  2 Queues  3 Jobs  4 Dead [5 Cron] 6 Events  7 Store
          NAME      SCHEDULE     NEXT     LAST  STATE   TYPE    ZONE
        > minutely  * * * * *  in 49s        –  paused  poll    UTC
          nightly   0 3 * * *  in 13h  11h ago  active  report  Europe/Berlin






         q quit  ? help  1-7 tab  space freeze  enter open  / filter  s sort  j…
        """,
        "jobs 40x12": """
         roost · roost · ● 0.4 ms     14:02:11Z
         queued 1,204  running 0  dead 0  sched…
          1  2 [3 Jobs] 4  5  6  7
          TYPE       STATE        TRY  AGE   RAN
          thumbnail  ◷ scheduled  0/3  60s     –
          echo       ○ queued     0/3  60s     –
        > sleep      ▶ running    1/3  60s   59s
          sleep      ● done       1/3  60s  1.2s
          fail       ✕ failed     1/3   2h  1.2s


         q quit  ? help  1-7 tab  space freeze …
        """,
        "store away 40x12": """
         roost · roost · x            14:02:11Z
         ! stale since 14:02:10: store away, re…
         queued 1,204  running 0  dead 0  sched…
          1  2 [3 Jobs] 4  5  6  7
         ! unavailable: connection refused






         q quit  ? help  1-7 tab  space freeze …
        """,
        "job 80x40": """
         roost · roost · redis://redis:6379 7.0.15 ● 0.4 … 14:02:11Z every 1s READ-ONLY
         nodes 1 up · 1 draining · 1 LOST   slots 30/32 █████████▍
         queued 1,204  running 0  dead 0  scheduled 0  done 1,990  cancelled 0
         in           █████ 398/s  done           █████ 398/s  fail           ▁▁▁▁▁ 0/s
         sample: newest 2 done · wait p50 250ms p99 250ms  run p50 1.2s p99 1.2s
          1 Nodes 3  2 Queues 1 [3 Jobs 1,204] 4 Dead 0  5 Cron  6 Events  7 Store
         Job 01KCHMASW90000000000000004  esc back, jk scroll
         type thumbnail  queue media  state ◷ scheduled
         attempt 2 of 3  crashes 0  priority 5  timeout 5m  age 90s
         tenant acme  tags urgent

         Why it does not run
          · it waits for its time, 14:03:41Z
          · queue media is paused

         Progress
          ██████████░░░░░░░░░░ 50 %  resizing

         Timeline
          2025-12-28 14:00:41.000  accepted
          2025-12-28 14:00:43.000  attempt 1 failed after 1.0s on w1
            connection refused
          2025-12-28 14:01:11.000  attempt 2 failed after 1.0s on w2
            no such file
          2025-12-28 14:03:41.000  may start

         Jobs it waits for
          01KCHMASW90000000000000001 fetch ● done

         Log
          14:01:11 #2 opening x.png

         Error
          no such file

         Payload (28 B)
          {"source":"x.png","width":3}


         q back  ? help  jk scroll
        """,
        "node 80x24 ASCII": """
         roost - roost - redis://redis:6379 7.0.15 * 0.4 ~ 14:02:11Z every 1s READ-ONLY
         nodes 1 up - 1 draining - 1 LOST   slots 30/32 #########-
         queued 1,204  running 0  dead 0  scheduled 0  done 1,990  cancelled 0
         in           ##### 398/s  done           ##### 398/s  fail           _____ 0/s
         sample: newest 2 done - wait p50 250ms p99 250ms  run p50 1.2s p99 1.2s
         [1 Nodes 3] 2 Queues 1  3 Jobs 1,204  4 Dead 0  5 Cron  6 Events  7 Store
         Node worker@10.0.0.9:4370  esc back, jk scroll
         state x LOST  since 14:02:06  heartbeat 0.2s
         Its 15 jobs go back to the queue when their leases end, within 14s if it is de
         ad.
         roles worker  version 1.2.0  up 2h  memory -
         slots ###################- 15/16  done 131  failed 0  done/s 0
         peers -  link -  http -  console -

         Duties
         DUTY   STATE    RESTARTS
         claim  running         0






         q back  ? help  jk scroll
        """,
        "help 80x24": """
         roost · roost · redis://redis:6379 7.0.15 ● 0.4 … 14:02:11Z every 1s READ-ONLY
         nodes 1 up · 1 draining · 1 LOST   slots 30/32 █████████▍
         queued 1,204  running 0  dead 0  scheduled 0  done 1,990  cancelled 0
         in           █████ 398/s  done           █████ 398/s  fail           ▁▁▁▁▁ 0/s
         sample: newest 2 done · wait p50 250ms p99 250ms  run p50 1.2s p99 1.2s
         [1 Nodes 3] 2 Queues 1  3 Jobs 1,204  4 Dead 0  5 Cron  6 Events  7 Store
         Help  esc back, jk scroll
         Look
          1-7                 Nodes, Queues, Jobs, Dead, Cron, Events, Store
          tab, left, right    the next tab, the one before
          up, down, j, k      mark another row; in a text: scroll
          home, end, g, G     the first, the last
          page up, page down  a screen further; on Jobs and Dead another page
          [ ]                 another page of jobs
          enter               open: a job, a node, the jobs of a queue
          /                   filter; escape clears it
          s, r                sort by something else; the other way round
          space               freeze, and go on
          + -                 refresh more often, less often
          ctrl-L              draw anew
          escape, q           back; q quits at the end

         Act: only with --rw; this screen only looks
         q back  ? help  jk scroll
        """,
        "question 60x12": """
         roost · roost · ● 0.4 ms                      14:02:11Z RW
         queued 1,204  running 0  dead 0  scheduled 0  done 1,990  …
          1  2 [3 Jobs] 4  5  6  7
          TYPE       STATE        QUEUE    TRY  AGE   RAN
        > thumbnail  ◷ scheduled  default  0/3  60s     –
          echo       ○ queued     default  0/3  60s     –
          sleep      ▶ running    media    1/3  60s   59s
          sleep      ● done       default  1/3  60s  1.2s
          fail       ✕ failed     default  1/3   2h  1.2s


         Cancel job 01KCHMASW90000000000000005 (thumbnail, sch… y/n
        """,
        "filter 24x6": """
         roost · roo… 14:02:11Z
         queued 1,204  running …
         [6 Events] of 7
         0 rows · filter no
          nothing matches no
         /no▏
        """,
    ]
}
