// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One listener that acts as a coordinator and any number of shards, and records every call. */
final class StubCluster implements AutoCloseable {
  static {
    // Else the JDK's server holds the second half of each answer back for 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** One call; {@code shard} is empty for one to the coordinator. */
  record Call(
      String shard, String method, String path, Map<String, List<String>> headers, String body) {
    List<String> ids() {
      List<String> ids = new ArrayList<>();
      JsonNode json = parsed();
      json.path("points").forEach(point -> ids.add(point.path("id").asText()));
      json.path("ids").forEach(id -> ids.add(id.asText()));
      return ids;
    }

    JsonNode parsed() {
      try {
        return QuiverClient.JSON.readTree(body);
      } catch (IOException e) {
        throw new AssertionError(this.toString(), e);
      }
    }

    String header(String name) {
      return headers.getOrDefault(name, List.of("")).get(0);
    }
  }

  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private volatile Answer map = new Answer(503, "no map yet");

  StubCluster() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  String coordinator() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  String shard(String name) {
    return coordinator() + "/s/" + name;
  }

  void serveMap(String json) {
    map = new Answer(200, json);
  }

  void serveMap(int status, String body) {
    map = new Answer(status, body);
  }

  /** What a shard answers from now on to calls whose path ends so; the last word counts. */
  void answer(String shard, String pathEnd, int status, String body) {
    answers.put(shard + " " + pathEnd, new Answer(status, body));
  }

  /** Calls to shards since the last time, in the order in which they came. */
  List<Call> takeCalls() {
    List<Call> taken = calls.stream().filter(call -> !call.shard().isEmpty()).toList();
    calls.removeAll(taken);
    return taken;
  }

  List<Call> polls() {
    return calls.stream().filter(call -> call.shard().isEmpty()).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String raw = exchange.getRequestURI().getRawPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String[] parts = raw.split("/", 4);
    boolean toShard = parts.length == 4 && parts[1].equals("s");
    Call call =
        new Call(
            toShard ? parts[2] : "",
            exchange.getRequestMethod(),
            toShard ? "/" + parts[3] : raw,
            Map.copyOf(exchange.getRequestHeaders()),
            body);
    calls.add(call);
    Answer answer = toShard ? answerOf(call) : map;
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private Answer answerOf(Call call) {
    for (Map.Entry<String, Answer> entry : answers.entrySet()) {
      String[] key = entry.getKey().split(" ", 2);
      if (key[0].equals(call.shard()) && call.path().endsWith(key[1])) {
        return entry.getValue();
      }
    }
    if (call.path().endsWith("/query")) {
      return new Answer(200, "{\"matches\":[]}");
    }
    if (call.method().equals("GET")) {
      return new Answer(404, "");
    }
    int count = call.body().isEmpty() ? 0 : call.ids().size();
    return new Answer(
        200, "{\"upserted\":" + count + ",\"deleted\":" + count + ",\"existed\":true}");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
