// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import java.util.List;

/** The step cannot be done; a retry is useless. */
public final class StepFailed extends StepException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> urls;

  /** Names no shard. */
  public StepFailed(String message) {
    this(message, List.of());
  }

  /**
   * Names the shards that are the reason.
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
