package io.quiverdb.coordinator.migration.step;

import java.util.List;

/** A step that cannot be done, however often it is tried. */
public final class StepFailed extends StepException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> urls;

  /** Because of no shard in particular. */
  public StepFailed(String message) {
    this(message, List.of());
  }

  /**
   * Because of some shards.
   *
   * @param urls theirs
   */
  public StepFailed(String message, List<String> urls) {
    super(message);
    this.urls = List.copyOf(urls);
  }

  @Override
  public List<String> urls() {
    return urls;
  }
}
