package io.quiverdb.coordinator.migration;

import java.util.List;

/** A step that cannot be done, however often it is tried. */
final class StepFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> urls;

  StepFailed(String message) {
    this(message, List.of());
  }

  /**
   * Because of some shards.
   *
   * @param urls theirs
   */
  StepFailed(String message, List<String> urls) {
    super(message);
    this.urls = List.copyOf(urls);
  }

  /** Of the shards that it is about. */
  List<String> urls() {
    return urls;
  }
}
