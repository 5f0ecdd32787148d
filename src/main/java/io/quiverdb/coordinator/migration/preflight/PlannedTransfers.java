// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import java.util.List;

/**
 * What is expected to move, in all and one by one.
 *
 * @param listed one by one, as far as there is room for it
 * @param leftOut how many more there are
 * @param points how many points all of them move
 * @param bytes how many bytes those have as JSON
 */
public record PlannedTransfers(List<PlannedTransfer> listed, int leftOut, long points, long bytes) {
  /** Nothing. */
  public static final PlannedTransfers NONE = of(List.of(), 0);

  /** Copies the list. */
  public PlannedTransfers {
    listed = List.copyOf(listed);
  }

  /** All of these, of which at most so many are listed. */
  public static PlannedTransfers of(List<PlannedTransfer> all, int most) {
    int room = Math.min(all.size(), most);
    return new PlannedTransfers(
        all.subList(0, room),
        all.size() - room,
        all.stream().mapToLong(PlannedTransfer::points).sum(),
        all.stream().mapToLong(PlannedTransfer::bytes).sum());
  }
}
