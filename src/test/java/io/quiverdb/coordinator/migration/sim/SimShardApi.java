// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.dev.quiver.QuiverResponse;
import io.quiverdb.coordinator.http.TooLargeException;
import io.quiverdb.coordinator.shard.Fence;
import io.quiverdb.coordinator.shard.FencedException;
import io.quiverdb.coordinator.shard.MalformedAnswerException;
import io.quiverdb.coordinator.shard.PageReader;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.RowReader;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import io.quiverdb.coordinator.shard.ShardPage;
import io.quiverdb.coordinator.shard.WrittenSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The shards as one node reaches them; in JSON, as in real life. */
final class SimShardApi implements ShardApi {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Sim sim;
  private final Shards shards;
  private final Weather weather;
  private final String from;
  private final Fence fence;
  private final long clockOffset;
  private final long timeout;
  private final long patience;

  /**
   * A client.
   *
   * @param from the node
   * @param clockOffset what the node's clock shows at the beginning of the world, in ns
   * @param timeout after which an answer is not waited for any more
   * @param patience the longest that a request may still take effect on a shard that answers
   */
  SimShardApi(
      Sim sim,
      Shards shards,
      Weather weather,
      String from,
      Fence fence,
      long clockOffset,
      Duration timeout,
      Duration patience) {
    this.sim = sim;
    this.shards = shards;
    this.weather = weather;
    this.from = from;
    this.fence = fence;
    this.clockOffset = clockOffset;
    this.timeout = timeout.toNanos();
    this.patience = patience.toNanos();
  }

  @Override
  public List<ShardCollection> collections(String url) throws ShardException, InterruptedException {
    List<ShardCollection> found = new ArrayList<>();
    JsonNode listed = json(url, read(url, "GET", "/v1/collections", ""));
    if (!listed.isArray()) {
      throw new ShardException(Kind.BROKEN, url, "no list");
    }
    for (JsonNode one : listed) {
      TreeMap<String, JsonNode> schema = new TreeMap<>();
      one.properties().forEach(field -> schema.put(field.getKey(), field.getValue()));
      schema.remove("count");
      schema.remove("index_ready");
      ObjectNode sorted = MAPPER.createObjectNode();
      schema.forEach(sorted::set);
      found.add(
          new ShardCollection(
              one.path("name").asText(),
              one.path("count").asLong(),
              one.path("index").asText(),
              one.path("multivector").asBoolean(),
              one.has("index_ready")
                  ? Optional.of(one.get("index_ready").asBoolean())
                  : Optional.empty(),
              sorted.toString()));
    }
    return found;
  }

  @Override
  public void create(String url, ShardCollection like, Optional<Boolean> binary)
      throws ShardException, InterruptedException {
    change(url, "POST", "/v1/collections", like.schema());
  }

  @Override
  public boolean drop(String url, String collection) throws ShardException, InterruptedException {
    return json(url, change(url, "DELETE", path(collection), "")).path("existed").asBoolean();
  }

  @Override
  public ShardPage fetch(
      String url, String collection, long offset, int limit, int maxBytes, Predicate<String> wanted)
      throws ShardException, InterruptedException {
    String body =
        "{\"offset\":"
            + offset
            + ",\"limit\":"
            + limit
            + ",\"with_payload\":true,\"with_vector\":true}";
    String page = read(url, "POST", path(collection) + "/fetch", body);
    try {
      return PageReader.read(page.getBytes(StandardCharsets.UTF_8), maxBytes, wanted);
    } catch (TooLargeException e) {
      throw new ShardException(Kind.REFUSED, url, "a page: " + e.getMessage());
    } catch (IOException e) {
      throw new ShardException(Kind.BROKEN, url, "no page: " + e.getMessage());
    }
  }

  @Override
  public int fetchLimit(String url, String collection) {
    return shards.at(url).orElseThrow().limits.fetch();
  }

  @Override
  public Optional<Row> point(String url, String collection, String id)
      throws ShardException, InterruptedException {
    QuiverResponse answer =
        ask(url, "GET", path(collection) + "/points/" + encoded(id), "", timeout);
    if (answer.status() == 404 && answer.body().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(RowReader.point(good(url, answer).getBytes(StandardCharsets.UTF_8)));
    } catch (MalformedAnswerException e) {
      throw new ShardException(Kind.BROKEN, url, "no point: " + e.getMessage());
    }
  }

  @Override
  public void upsert(String url, String collection, List<Row> rows, Way way)
      throws ShardException, InterruptedException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      body.writeBytes("{\"points\":[".getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < rows.size(); i++) {
        if (i > 0) {
          body.write(',');
        }
        rows.get(i).writeTo(body);
      }
      body.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String answer =
        change(
            url,
            "POST",
            path(collection) + (way == Way.BULK ? "/points:bulk" : "/points"),
            body.toString(StandardCharsets.UTF_8));
    json(url, answer);
  }

  @Override
  public void delete(String url, String collection, List<String> ids)
      throws ShardException, InterruptedException {
    json(url, change(url, "DELETE", path(collection) + "/points", ids(ids)));
  }

  @Override
  public List<String> search(String url, String collection, Row near, int k, Duration limit)
      throws ShardException, InterruptedException {
    String body = "{\"vector\":" + near.vectorJson() + ",\"k\":" + k + ",\"with_payload\":false}";
    JsonNode answer =
        json(url, good(url, ask(url, "POST", path(collection) + "/query", body, limit.toNanos())));
    List<String> found = new ArrayList<>();
    answer.path("matches").forEach(match -> found.add(match.path("id").asText()));
    return found;
  }

  @Override
  public WrittenSnapshot snapshot(String url, String directory, Duration limit)
      throws ShardException, InterruptedException {
    String body = MAPPER.createObjectNode().put("destination", directory).toString();
    JsonNode written = json(url, change(url, "POST", "/v1/snapshot", body));
    return new WrittenSnapshot(
        written.path("manifest_version").asLong(),
        written.path("files").asLong(),
        written.path("bytes").asLong());
  }

  @Override
  public Role role(String url) throws ShardException, InterruptedException {
    QuiverResponse answer =
        ask(url, "DELETE", path("quiver-probe") + "/points", "{\"ids\":[]}", timeout);
    return switch (answer.status()) {
      case 403 -> Role.READ_ONLY;
      case 421 -> Role.RAFT_FOLLOWER;
      default -> {
        good(url, answer);
        yield Role.WRITABLE;
      }
    };
  }

  @Override
  public boolean healthy(String url) throws InterruptedException {
    try {
      return ask(url, "GET", "/healthz", "", timeout).succeeded();
    } catch (ShardException e) {
      return false;
    }
  }

  private static String path(String collection) {
    return "/v1/collections/" + encoded(collection);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String ids(List<String> ids) {
    ObjectNode body = MAPPER.createObjectNode();
    ids.forEach(body.putArray("ids")::add);
    return body.toString();
  }

  private String read(String url, String method, String path, String body)
      throws ShardException, InterruptedException {
    return good(url, ask(url, method, path, body, timeout));
  }

  private String change(String url, String method, String path, String body)
      throws ShardException, InterruptedException {
    if (sim.now() + clockOffset - fence.sendUntilNanos() >= 0) {
      throw new FencedException("too late to send");
    }
    return good(url, ask(url, method, path, body, timeout));
  }

  private QuiverResponse ask(String url, String method, String path, String body, long limit)
      throws ShardException, InterruptedException {
    SimShard shard =
        shards
            .at(url)
            .orElseThrow(() -> new ShardException(Kind.NEVER_SENT, url, "nobody listens"));
    Call call = new Call(from, Call.Kind.COORDINATOR, method, path, body, List.of(), patience);
    Promise<Answer> heard = shard.send(call, weather.fate(call, shard));
    long deadline = limit >= Sim.FOREVER - sim.now() ? Sim.FOREVER : sim.now() + limit;
    try {
      if (!heard.await(deadline)) {
        sim.trace(from, "gave up", call);
        throw new ShardException(Kind.TIMED_OUT, url, "no answer in time");
      }
    } finally {
      if (!heard.kept()) {
        shard.closes(heard);
      }
    }
    Answer answer = heard.value();
    if (answer instanceof Answer.Heard response) {
      return response.response();
    }
    throw answer instanceof Answer.Refused
        ? new ShardException(Kind.NEVER_SENT, url, "connection refused")
        : new ShardException(Kind.BROKEN, url, "connection broke");
  }

  private static String good(String url, QuiverResponse answer) throws ShardException {
    if (answer.succeeded()) {
      return answer.body();
    }
    Kind kind =
        switch (answer.status()) {
          case 404 -> answer.body().isEmpty() ? Kind.BROKEN : Kind.NO_COLLECTION;
          case 401, 403 -> Kind.FORBIDDEN;
          case 421 -> Kind.RAFT_FOLLOWER;
          case 400, 413, 422 -> Kind.REFUSED;
          case 409 -> Kind.EXISTS;
          case 429 -> Kind.BUSY;
          case 502, 503 -> Kind.UNAVAILABLE;
          case 504 -> Kind.TIMED_OUT;
          default -> Kind.BROKEN;
        };
    throw new ShardException(kind, url, answer.status() + ": " + answer.body());
  }

  private static JsonNode json(String url, String text) throws ShardException {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new ShardException(Kind.BROKEN, url, "no JSON");
    }
  }
}
