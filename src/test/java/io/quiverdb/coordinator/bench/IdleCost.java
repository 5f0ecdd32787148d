// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The share of a core that members use without requests. */
final class IdleCost {
  private IdleCost() {}

  /** Percent of a core of each, in the order of {@code members}; blocks for {@code length}. */
  static List<Double> percent(List<MemberProcess> members, Duration length)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    TreeMap<Long, Long> before = new TreeMap<>();
    for (MemberProcess member : members) {
      before.put(member.pid().orElseThrow(), nanos(member));
    }
    Thread.sleep(length.toMillis());
    double passed = System.nanoTime() - start;
    List<Double> percents = new ArrayList<>();
    for (MemberProcess member : members) {
      percents.add((nanos(member) - before.get(member.pid().orElseThrow())) / passed * 100);
    }
    return percents;
  }

  /** CPU time of all threads that run; one that ends meanwhile takes its own along. */
  private static long nanos(MemberProcess member) throws IOException {
    Path tasks = Path.of("/proc", String.valueOf(member.pid().orElseThrow()), "task");
    long sum = 0;
    try (Stream<Path> threads = Files.list(tasks)) {
      for (Path thread : threads.toList()) {
        try {
          sum += Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[0]);
        } catch (IOException e) {
          if (Files.exists(thread)) {
            throw e;
          }
        }
      }
    }
    return sum;
  }
}
