// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

/**
 * The smallest page of a collection exceeds the memory of one of several parallel scans. The work
 * starts again with one scan at a time.
 */
final class RowsTooLong extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RowsTooLong(String message) {
    super(message);
  }
}
