// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A request to any shard.
 *
 * @param path percent-encoded
 * @param json the body; empty: none
 * @param limit until the last byte of the answer
 * @param maxBytes of the answer
 */
record ShardRequest(
    String method, String path, Optional<byte[]> json, Duration limit, int maxBytes) {
  private static final int MAX_BYTES = 1 << 20;

  static ShardRequest of(String method, String path, Duration limit) {
    return new ShardRequest(method, path, Optional.empty(), limit, MAX_BYTES);
  }

  ShardRequest with(byte[] body) {
    return new ShardRequest(method, path, Optional.of(body), limit, maxBytes);
  }

  ShardRequest with(String body) {
    return with(body.getBytes(StandardCharsets.UTF_8));
  }

  ShardRequest upTo(int answerBytes) {
    return new ShardRequest(method, path, json, limit, answerBytes);
  }

  /** For the operator. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
