package io.quiverdb.coordinator.migration.points;

/**
 * The rows of a collection are so long that a page of the smallest size is more than the share of
 * one of several scans: the work begins again with one scan at a time.
 */
final class RowsTooLong extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RowsTooLong(String message) {
    super(message);
  }
}
