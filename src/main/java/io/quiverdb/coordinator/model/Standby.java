// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A shard that is empty and waits to be added.
 *
 * @param url its primary
 * @param replicaUrls its replicas
 * @param failure why it could not be added, at most {@value #MAX_FAILURE} characters: it is not
 *     tried again; empty: it may be added
 */
public record Standby(String url, List<String> replicaUrls, Optional<String> failure) {
  /** The longest failure, in characters. */
  public static final int MAX_FAILURE = 300;

  /** Strips the URLs as the map does, and shortens an overlong failure, because it is kept. */
  public Standby {
    url = url.strip();
    replicaUrls = replicaUrls.stream().map(String::strip).toList();
    failure =
        failure.map(text -> text.length() <= MAX_FAILURE ? text : text.substring(0, MAX_FAILURE));
  }

  /** One that may be added. */
  public static Standby of(String url, List<String> replicaUrls) {
    return new Standby(url, replicaUrls, Optional.empty());
  }

  /** The primary's URL, then the replicas'. */
  List<String> urls() {
    return Stream.concat(Stream.of(url), replicaUrls.stream()).toList();
  }

  /** One that could not be added. */
  public Standby failed(String reason) {
    return new Standby(url, replicaUrls, Optional.of(reason));
  }
}
