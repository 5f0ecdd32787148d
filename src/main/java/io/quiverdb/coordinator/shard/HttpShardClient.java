// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import io.quiverdb.coordinator.http.DirectHttp;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.http.TooLargeException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Shards over HTTP. Thread-safe; a call that is interrupted closes its connection and throws, and a
 * change that it had sent may still take effect.
 */
public final class HttpShardClient implements ShardApi {
  private static final String COLLECTIONS = "/v1/collections";

  /**
   * The collection of empty writes; it need not exist, because a delete of no ids does not read it.
   */
  private static final String ANY_COLLECTION = "quiver-coordinator-role";

  private static final int LISTING_BYTES = 8 << 20;

  /** A probe that takes longer counts as failed, even if it is answered. */
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(2);

  private final ShardTransport transport;
  private final Duration limit;
  private final Duration probeLimit;
  private final FetchLimits fetchLimits = new FetchLimits(this::allowsFetch);

  /**
   * A client.
   *
   * @param key the bearer key for shards
   * @param limit the time-out of a call, except searches and snapshots; probes take at most 2 s
   * @param fence until when changes may be sent
   */
  public HttpShardClient(DirectHttp http, Optional<String> key, Duration limit, Fence fence) {
    this.transport = new ShardTransport(http, key, fence);
    this.limit = limit;
    this.probeLimit = Collections.min(List.of(limit, PROBE_LIMIT));
  }

  @Override
  public List<ShardCollection> collections(String url) throws ShardException, InterruptedException {
    ShardRequest request = request("GET", COLLECTIONS).upTo(LISTING_BYTES);
    return decoded(url, request, transport.read(url, request), ShardJson::collections);
  }

  @Override
  public void create(String url, ShardCollection like, Optional<Boolean> binary)
      throws ShardException, InterruptedException {
    ShardRequest request = request("POST", COLLECTIONS).with(ShardJson.creation(like, binary));
    String created =
        decoded(
            url,
            request,
            transport.change(url, request),
            body -> ShardJson.text(ShardJson.object(body), "name"));
    if (!created.equals(like.name())) {
      throw new ShardException(Kind.BROKEN, url, request + " created another: " + created);
    }
  }

  @Override
  public boolean drop(String url, String collection) throws ShardException, InterruptedException {
    ShardRequest request = request("DELETE", path(collection));
    return decoded(
        url,
        request,
        transport.change(url, request),
        body ->
            ShardJson.flag(ShardJson.object(body), "existed")
                .orElseThrow(() -> new MalformedAnswerException("no \"existed\"")));
  }

  @Override
  public ShardPage fetch(
      String url, String collection, long offset, int rows, int maxBytes, Predicate<String> wanted)
      throws ShardException, InterruptedException {
    ShardRequest request = fetchRequest(collection, offset, rows, true).upTo(ANSWER_BYTES);
    PageReader reader = new PageReader(maxBytes, wanted);
    try {
      HttpReply reply = transport.read(url, request, reader);
      return decoded(url, request, reply, taken -> reader.end());
    } catch (ShardException e) {
      if (e.kind() == Kind.REFUSED) {
        fetchLimits.forget(url);
      }
      throw e;
    }
  }

  @Override
  public int fetchLimit(String url, String collection) throws ShardException, InterruptedException {
    return fetchLimits.of(url, collection);
  }

  private boolean allowsFetch(String url, String collection, int rows)
      throws ShardException, InterruptedException {
    ShardRequest request = fetchRequest(collection, FetchLimits.PAST_THE_END, rows, false);
    try {
      PageReader reader = new PageReader(PAGE_BYTES, id -> false);
      HttpReply reply = transport.read(url, request, reader);
      ShardPage unused = decoded(url, request, reply, taken -> reader.end());
      return true;
    } catch (ShardException e) {
      if (e.kind() == Kind.REFUSED && rows > 1) {
        return false;
      }
      throw e;
    }
  }

  private ShardRequest fetchRequest(String collection, long offset, int rows, boolean content) {
    return request("POST", path(collection) + "/fetch")
        .with(
            "{\"offset\":%d,\"limit\":%d,\"with_payload\":%b,\"with_vector\":%b}"
                .formatted(offset, rows, content, content));
  }

  @Override
  public Optional<Row> point(String url, String collection, String id)
      throws ShardException, InterruptedException {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("no point read can name the empty id");
    }
    ShardRequest request =
        request("GET", path(collection) + "/points/" + PathSegment.of(id)).upTo(PAGE_BYTES);
    HttpReply reply = transport.read(url, request);
    if (ShardErrorMapper.isAbsentPoint(reply)) {
      return Optional.empty();
    }
    Row row = decoded(url, request, reply, RowReader::point);
    if (!row.id().equals(id)) {
      throw new ShardException(Kind.BROKEN, url, request + " answered with another point");
    }
    return Optional.of(row);
  }

  @Override
  public void upsert(String url, String collection, List<Row> rows, Way way)
      throws ShardException, InterruptedException {
    String points = way == Way.BULK ? "/points:bulk" : "/points";
    ShardRequest request = request("POST", path(collection) + points).with(PointsBody.of(rows));
    long written = count(url, request, transport.change(url, request), "upserted");
    if (written != rows.size()) {
      throw new ShardException(
          Kind.BROKEN, url, request + " took " + written + " of " + rows.size() + " points");
    }
  }

  @Override
  public void delete(String url, String collection, List<String> ids)
      throws ShardException, InterruptedException {
    ShardRequest request = request("DELETE", path(collection) + "/points").with(ShardJson.ids(ids));
    long unused = count(url, request, transport.change(url, request), "deleted");
  }

  @Override
  public List<String> search(String url, String collection, Row near, int k, Duration patience)
      throws ShardException, InterruptedException {
    ShardRequest request =
        ShardRequest.of("POST", path(collection) + "/query", patience)
            .with("{\"vector\":" + near.vectorJson() + ",\"k\":" + k + ",\"with_payload\":false}");
    return decoded(url, request, transport.read(url, request), ShardJson::matches);
  }

  @Override
  public WrittenSnapshot snapshot(String url, String directory, Duration patience)
      throws ShardException, InterruptedException {
    ShardRequest request =
        ShardRequest.of("POST", "/v1/snapshot", patience).with(ShardJson.destination(directory));
    return decoded(url, request, transport.change(url, request), ShardJson::snapshot);
  }

  @Override
  public Role role(String url) throws ShardException, InterruptedException {
    ShardRequest request =
        ShardRequest.of("DELETE", path(ANY_COLLECTION) + "/points", probeLimit)
            .with(ShardJson.ids(List.of()));
    HttpReply reply = transport.read(url, request);
    return switch (reply.status()) {
      case 403 -> Role.READ_ONLY;
      case 421 -> Role.RAFT_FOLLOWER;
      default -> {
        long unused = count(url, request, reply, "deleted");
        yield Role.WRITABLE;
      }
    };
  }

  @Override
  public boolean healthy(String url) throws InterruptedException {
    try {
      ShardRequest request = ShardRequest.of("GET", "/healthz", probeLimit);
      return transport.read(url, request).status() / 100 == 2;
    } catch (ShardException e) {
      return false;
    }
  }

  private ShardRequest request(String method, String path) {
    return ShardRequest.of(method, path, limit);
  }

  private static String path(String collection) {
    return COLLECTIONS + "/" + PathSegment.of(collection);
  }

  private static long count(String url, ShardRequest request, HttpReply reply, String field)
      throws ShardException {
    return decoded(url, request, reply, body -> ShardJson.count(ShardJson.object(body), field));
  }

  private interface Decoder<T> {
    T decode(byte[] body) throws IOException;
  }

  private static <T> T decoded(
      String url, ShardRequest request, HttpReply reply, Decoder<T> decoder) throws ShardException {
    if (reply.status() / 100 != 2) {
      throw ShardErrorMapper.of(url, request, reply);
    }
    try {
      return decoder.decode(reply.body());
    } catch (TooLargeException e) {
      throw new ShardException(Kind.REFUSED, url, request + ": " + e.getMessage());
    } catch (IOException e) {
      // The message of the parser may contain payloads.
      String what =
          e instanceof MalformedAnswerException ? String.valueOf(e.getMessage()) : "no valid JSON";
      throw new ShardException(Kind.BROKEN, url, request + " answered with " + what);
    }
  }
}
