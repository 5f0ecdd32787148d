// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.api.request.Alarm;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** All files of this member that are watched while it runs. Thread-safe. */
final class Reloads {
  private static final long SECONDS = 10;

  private final List<WatchedFiles> all = new CopyOnWriteArrayList<>();

  void add(WatchedFiles files) {
    all.add(files);
  }

  /** Checks them every ten seconds from now on. */
  void begin(ScheduledExecutorService scheduler) {
    var unused = scheduler.scheduleWithFixedDelay(this::look, SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  /** Checks them now. */
  void look() {
    all.forEach(WatchedFiles::look);
  }

  List<Alarm> alarms() {
    List<Alarm> alarms = new ArrayList<>();
    for (WatchedFiles files : all) {
      files
          .failure()
          .ifPresent(told -> alarms.add(new Alarm("reload_failed", "warning", files.what(), told)));
    }
    return alarms;
  }
}
