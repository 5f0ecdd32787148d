// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import java.util.stream.LongStream;

/** Which worlds to run: {@code -Dsim.seeds=4,10-20}, or {@code -Dsim.count=2000} from 1 on. */
final class Seeds {
  private Seeds() {}

  static LongStream chosen(int usual) {
    String text = System.getProperty("sim.seeds", "");
    return text.isBlank()
        ? LongStream.rangeClosed(1, Integer.getInteger("sim.count", usual))
        : parsed(text);
  }

  /** Those that a property lists, or the usual ones. */
  static LongStream listed(String property, String usual) {
    return parsed(System.getProperty(property, usual));
  }

  private static LongStream parsed(String text) {
    LongStream all = LongStream.empty();
    for (String part : text.split(",")) {
      String[] ends = part.strip().split("-");
      long from = Long.parseLong(ends[0]);
      all =
          LongStream.concat(
              all, LongStream.rangeClosed(from, Long.parseLong(ends[ends.length - 1])));
    }
    return all;
  }
}
