// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The keys that the coordinator is changing just now: clients that write those, and faults that
 * come just then, meet it where it may be wrong.
 */
final class Attention {
  private static final int KEPT = 4;

  private final Deque<String> recent = new ArrayDeque<>();

  /** A request of the coordinator that changes points. */
  void on(Call call, List<String> keys) {
    for (String key : keys) {
      boolean named =
          call.method().equals("DELETE")
              ? call.body().contains("\"" + key + "\"")
              : call.body().contains("\"id\":\"" + key + "\"");
      if (named) {
        recent.remove(key);
        recent.addFirst(key);
      }
    }
    while (recent.size() > KEPT) {
      recent.removeLast();
    }
  }

  Optional<String> one(Chance chance) {
    return recent.isEmpty() ? Optional.empty() : Optional.of(chance.of(new ArrayList<>(recent)));
  }
}
