// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.quiverdb.coordinator.model.Shard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls one shard of a map. Writes go to the URL that accepted the last one, while that lives, even
 * if it is not in the map any more; then to the primary, then to the replicas. Thread-safe.
 */
final class ShardCaller {
  private static final int LEADER_ROUNDS = 60;
  private static final long ROUND_PAUSE_NANOS = 50_000_000;

  private final ShardCalls calls;
  private final Map<Long, String> leaders = new ConcurrentHashMap<>();

  ShardCaller(ShardCalls calls) {
    this.calls = calls;
  }

  JsonNode write(Shard shard, String method, String path, Optional<String> json) {
    for (int round = 0; round < LEADER_ROUNDS; round++) {
      Round tried = tryAll(shard, method, path, json);
      if (tried.answer().isPresent()) {
        return tried.answer().get();
      }
      if (!tried.sawFollower()) {
        throw QuiverError.internal(tried.failure());
      }
      ShardServer.sleep(ROUND_PAUSE_NANOS);
    }
    throw QuiverError.internal("shard " + shard.id() + " has no Raft leader");
  }

  private record Round(Optional<JsonNode> answer, boolean sawFollower, String failure) {}

  private Round tryAll(Shard shard, String method, String path, Optional<String> json) {
    Set<String> candidates = new LinkedHashSet<>();
    Optional.ofNullable(leaders.get(shard.id())).ifPresent(candidates::add);
    candidates.addAll(shard.urls());
    boolean sawFollower = false;
    String failure = "shard " + shard.id() + " has no URL";
    for (String url : candidates) {
      try {
        QuiverResponse answer = calls.call(method, url + path, json);
        if (answer.status() != 421) {
          JsonNode tree = tree(answer);
          leaders.put(shard.id(), url);
          return new Round(Optional.of(tree), sawFollower, "");
        }
        sawFollower = true;
      } catch (IOException e) {
        failure = url + " is unreachable: " + e;
      }
    }
    return new Round(Optional.empty(), sawFollower, failure);
  }

  QuiverResponse read(String method, String url, Optional<String> json) {
    try {
      return calls.call(method, url, json);
    } catch (IOException e) {
      throw QuiverError.internal(url + " is unreachable: " + e);
    }
  }

  /** Asks the primary and the replicas in turn; the next one only if one fails. */
  JsonNode query(Shard shard, long turn, String collection, String body) {
    List<String> urls = new ArrayList<>(shard.urls());
    Collections.rotate(urls, -(int) Long.remainderUnsigned(turn, urls.size()));
    QuiverError failure = QuiverError.internal("shard " + shard.id() + " has no URL");
    for (String url : urls) {
      try {
        return tree(
            read("POST", url + "/v1/collections/" + collection + "/query", Optional.of(body)));
      } catch (QuiverError e) {
        failure = e;
      }
    }
    throw failure;
  }

  /** The JSON of an answer; null if it has none. */
  static JsonNode tree(QuiverResponse answer) {
    if (!answer.succeeded()) {
      throw QuiverError.internal("a shard answered " + answer.status() + ": " + answer.body());
    }
    try {
      return answer.body().isEmpty() ? NullNode.getInstance() : JsonBody.parse(answer.body());
    } catch (JsonProcessingException e) {
      throw QuiverError.internal("a shard answered no JSON: " + e.getOriginalMessage());
    }
  }
}
