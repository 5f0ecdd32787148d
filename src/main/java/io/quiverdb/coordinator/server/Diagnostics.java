// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.config.CoordinatorConfig;
import io.quiverdb.coordinator.config.ShownConfig;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.lang.management.ThreadInfo;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The state of this process, to find a fault in it. Contains no secret. */
final class Diagnostics {
  private final CoordinatorConfig config;
  private final DiskSpace disk;
  private final Clock clock;

  Diagnostics(CoordinatorConfig config, DiskSpace disk, Clock clock) {
    this.config = config;
    this.disk = disk;
    this.clock = clock;
  }

  /** As it is now. */
  ObjectNode now() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("node", config.node().id());
    body.put("version", Version.OF_THIS_BUILD);
    body.put("time", clock.instant().toString());
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    body.put("started_at", Instant.ofEpochMilli(runtime.getStartTime()).toString());
    ObjectNode jvm = body.putObject("jvm");
    jvm.put("version", System.getProperty("java.runtime.version", ""));
    jvm.put("name", runtime.getVmName());
    jvm.put("os", System.getProperty("os.name", "") + " " + System.getProperty("os.version", ""));
    jvm.put("processors", Runtime.getRuntime().availableProcessors());
    ArrayNode options = jvm.putArray("options");
    // A system property may be a password.
    runtime.getInputArguments().stream()
        .filter(argument -> argument.startsWith("-X"))
        .forEach(options::add);
    body.putObject("memory")
        .put("heap_used", Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory())
        .put("heap_max", Runtime.getRuntime().maxMemory());
    body.put("disk_free", disk.free().isPresent() ? disk.free().getAsLong() : null);
    body.set("configuration", ShownConfig.toAdmin(config));
    ArrayNode threads = body.putArray("threads");
    dump().forEach(threads::add);
    return body;
  }

  private static List<String> dump() {
    return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true))
        .sorted(Comparator.comparing(ThreadInfo::getThreadName))
        .map(Diagnostics::text)
        .toList();
  }

  private static String text(ThreadInfo thread) {
    StringBuilder text = new StringBuilder(thread.getThreadName() + ": " + thread.getThreadState());
    LockInfo lock = thread.getLockInfo();
    if (lock != null) {
      text.append(" on ").append(lock);
    }
    if (thread.getLockOwnerName() != null) {
      text.append(" held by ").append(thread.getLockOwnerName());
    }
    for (StackTraceElement frame : thread.getStackTrace()) {
      text.append("\n  at ").append(frame);
    }
    return text.toString();
  }
}
