// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import java.util.ArrayList;
import java.util.List;

/** Cuts a list into pieces, so that what is done for one piece at a time has a bound. */
public final class Partition {
  private Partition() {}

  /** The pieces, in order, each of {@code most} elements but the last. */
  public static <T> List<List<T>> of(List<T> all, int most) {
    List<List<T>> groups = new ArrayList<>();
    for (int i = 0; i < all.size(); i += most) {
      groups.add(all.subList(i, Math.min(all.size(), i + most)));
    }
    return groups;
  }
}
