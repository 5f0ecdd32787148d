// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.quiver.DevKey.Role;
import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Found;
import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Waiting;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quiver's REST surface over a shard or a router, from request to answer, without a socket: a
 * simulation calls it directly, {@link QuiverHttpServer} adds HTTP. Thread-safe.
 */
public final class QuiverApi {
  private static final Logger LOG = LoggerFactory.getLogger(QuiverApi.class);
  private static final int DEFAULT_K = 10;
  private static final int DEFAULT_PAGE = 100;

  private final QuiverNode node;
  private final List<DevKey> keys;
  private final LongConsumer nanoSleep;

  /**
   * A surface.
   *
   * @param keys who may call; empty: everyone, as admin
   * @param nanoSleep waits for so many ns; called while a search waits for an index build
   */
  public QuiverApi(QuiverNode node, List<DevKey> keys, LongConsumer nanoSleep) {
    this.node = node;
    this.keys = List.copyOf(keys);
    this.nanoSleep = nanoSleep;
  }

  /** Answers a request; never throws. */
  public QuiverResponse answer(QuiverRequest request) {
    try {
      return routed(request);
    } catch (QuiverError error) {
      if (!error.hiddenCause().isEmpty()) {
        LOG.warn("{} {}: {}", request.method(), request.path(), error.hiddenCause());
      }
      return QuiverResponse.of(error);
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", request.method(), request.path(), e);
      return QuiverResponse.of(QuiverError.internal(e.toString()));
    }
  }

  /** How long a body may be; a longer one is answered with 413 before it comes here. */
  int maxBodyBytes() {
    return node.limits().bodyBytes();
  }

  QuiverVersion version() {
    return node.version();
  }

  private QuiverResponse routed(QuiverRequest request) {
    Optional<Route.Found> found = openRoute(request);
    if (found.isPresent()) {
      Route route = found.get().route();
      return route.allows(request.method())
          ? QuiverResponse.text(route == Route.HEALTH ? "ok" : "ready")
          : QuiverResponse.notAllowed(route.allow());
    }
    DevKey caller = caller(request);
    found = Route.of(request.path());
    if (found.isEmpty()) {
      return QuiverResponse.empty(404);
    }
    Route route = found.get().route();
    return route.allows(request.method())
        ? call(found.get(), request, caller)
        : QuiverResponse.notAllowed(route.allow());
  }

  private static Optional<Route.Found> openRoute(QuiverRequest request) {
    boolean mayBe = request.path().equals("/healthz") || request.path().equals("/readyz");
    return mayBe ? Route.of(request.path()) : Optional.empty();
  }

  private DevKey caller(QuiverRequest request) {
    if (keys.isEmpty()) {
      return DevKey.ANYBODY;
    }
    String presented =
        request
            .authorization()
            .filter(value -> value.startsWith("Bearer ") || value.startsWith("bearer "))
            .map(value -> value.substring("Bearer ".length()))
            .orElseThrow(QuiverError::unauthorized);
    return keys.stream()
        .filter(key -> same(key.secret(), presented))
        .findFirst()
        .orElseThrow(QuiverError::unauthorized);
  }

  private static boolean same(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private QuiverResponse call(Route.Found target, QuiverRequest request, DevKey caller) {
    return switch (target.route()) {
      case HEALTH, READY -> throw new IllegalStateException("answered without a key");
      case MAP -> map(caller);
      case COLLECTIONS ->
          request.method().equals("POST") ? create(request, caller) : collections(caller);
      case COLLECTION ->
          request.method().equals("DELETE")
              ? drop(target.collection(), caller)
              : collection(target.collection(), caller);
      case POINTS ->
          request.method().equals("POST")
              ? upsert(target.collection(), request, caller, false)
              : delete(target.collection(), request, caller);
      case BULK -> upsert(target.collection(), request, caller, true);
      case POINT -> point(target, caller);
      case FETCH -> fetch(target.collection(), request, caller);
      case QUERY -> search(target.collection(), request, caller);
      case SNAPSHOT -> snapshot(request, caller);
    };
  }

  private QuiverResponse map(DevKey caller) {
    caller.require(node.version().guardsMap() ? Role.ADMIN : Role.READ);
    return node.map()
        .map(map -> QuiverResponse.json(RouterMapJson.text(map, node.version())))
        .orElseGet(() -> QuiverResponse.empty(404));
  }

  private QuiverResponse create(QuiverRequest request, DevKey caller) {
    CollectionSchema schema = QuiverJson.schema(JsonBody.of(request));
    caller.require(Role.ADMIN, schema.name());
    return QuiverResponse.json(QuiverJson.collection(node.version(), node.create(schema)));
  }

  private QuiverResponse collections(DevKey caller) {
    List<CollectionInfo> visible =
        node.collections().stream().filter(info -> caller.covers(info.schema().name())).toList();
    return QuiverResponse.json(QuiverJson.collections(node.version(), visible));
  }

  private QuiverResponse collection(String name, DevKey caller) {
    caller.require(Role.READ, name);
    return QuiverResponse.json(QuiverJson.collection(node.version(), node.collection(name)));
  }

  private QuiverResponse drop(String name, DevKey caller) {
    caller.require(Role.ADMIN, name);
    return QuiverResponse.json("{\"existed\":" + node.drop(name) + "}");
  }

  private QuiverResponse upsert(
      String collection, QuiverRequest request, DevKey caller, boolean bulk) {
    List<Point> points = JsonBody.of(request).objects("points", QuiverJson::point);
    caller.require(Role.WRITE, collection);
    return QuiverResponse.json(QuiverJson.count("upserted", node.upsert(collection, points, bulk)));
  }

  private QuiverResponse delete(String collection, QuiverRequest request, DevKey caller) {
    List<String> ids = JsonBody.of(request).texts("ids");
    caller.require(Role.WRITE, collection);
    return QuiverResponse.json(QuiverJson.count("deleted", node.delete(collection, ids)));
  }

  private QuiverResponse point(Route.Found target, DevKey caller) {
    caller.require(Role.READ, target.collection());
    return node.point(target.collection(), target.point())
        .map(point -> QuiverResponse.json(QuiverJson.point(point)))
        .orElseGet(() -> QuiverResponse.empty(404));
  }

  private QuiverResponse fetch(String collection, QuiverRequest request, DevKey caller) {
    JsonBody body = JsonBody.of(request);
    long offset = body.numberOr("offset", 0);
    long limit = body.numberOr("limit", DEFAULT_PAGE);
    boolean withPayload = body.flagOr("with_payload", true);
    boolean withVector = body.flagOr("with_vector", false);
    refuseFilter(body);
    caller.require(Role.READ, collection);
    return QuiverResponse.json(
        QuiverJson.page(node.fetch(collection, offset, limit), withPayload, withVector));
  }

  private QuiverResponse search(String collection, QuiverRequest request, DevKey caller) {
    JsonBody body = JsonBody.of(request);
    FloatVector vector = body.vector("vector");
    long k = body.numberOr("k", DEFAULT_K);
    boolean withPayload = body.flagOr("with_payload", true);
    boolean withVector = body.flagOr("with_vector", false);
    refuseFilter(body);
    caller.require(Role.READ, collection);
    node.limits().checkMatches(k);
    SearchRequest search = new SearchRequest(vector, (int) k, withPayload, withVector);
    SearchOutcome outcome = node.search(collection, search);
    while (outcome instanceof Waiting waiting) {
      nanoSleep.accept(waiting.nanos());
      outcome = node.search(collection, search);
    }
    return QuiverResponse.json(QuiverJson.matches(((Found) outcome).matches()));
  }

  private QuiverResponse snapshot(QuiverRequest request, DevKey caller) {
    String destination = JsonBody.of(request).text("destination");
    caller.requireEverywhere(Role.ADMIN);
    return QuiverResponse.json(
        "{\"manifest_version\":" + node.snapshot(destination) + ",\"files\":0,\"bytes\":0}");
  }

  private static void refuseFilter(JsonBody body) {
    if (body.get("filter").filter(node -> !node.isNull()).map(JsonNode::size).orElse(0) > 0) {
      throw QuiverError.badRequest("filters are not implemented by the in-memory shards");
    }
  }
}
