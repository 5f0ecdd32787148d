// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberListReport;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A leader c1 and a follower c2, two shards, and a client. */
final class FakeMembers implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  final FakeLog log = new FakeLog();
  final StubChecks checks = new StubChecks();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Member> members = new ArrayList<>();
  private final List<FakeMember> running = new ArrayList<>();
  private final AtomicInteger asks = new AtomicInteger();
  private final Map<String, MemberReport> waiting = new ConcurrentHashMap<>();

  /** The answer of a member. */
  record Answer(int status, JsonNode json, String text, java.net.http.HttpHeaders headers) {
    String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  /**
   * Starts both.
   *
   * @param folder under which each has a folder of spill files, named after it
   */
  FakeMembers(Path folder) {
    this(folder, true);
  }

  /**
   * Starts both.
   *
   * @param bootstrapped whether there is a map
   */
  FakeMembers(Path folder, boolean bootstrapped) {
    for (int i = 1; i <= 2; i++) {
      members.add(
          new Member(
              "c" + i,
              "127.0.0.1:" + i,
              URI.create("http://127.0.0.1:" + FreePorts.take(1).get(0))));
    }
    if (bootstrapped) {
      log.log(
          new Command.Bootstrap(
              "cluster",
              "f",
              new ShardMap(
                  0,
                  List.of(
                      new Shard(0, "http://127.0.0.1:1", List.of()),
                      new Shard(1, "http://127.0.0.1:2", List.of())),
                  List.of(),
                  List.of()),
              2,
              List.of()));
    }
    for (Member member : members) {
      running.add(new FakeMember(log, member.id(), members, checks, folder.resolve(member.id())));
    }
  }

  /** Brings the log to format 2, with both members and a third one that never answers. */
  void record() {
    log.log(new Command.RaiseFormat(2, log.term()));
    List<EnsembleMember> recorded = new ArrayList<>();
    members.forEach(it -> recorded.add(described(it.id(), it.raft(), it.http())));
    recorded.add(new EnsembleMember("c3", "127.0.0.1:3", "http://127.0.0.1:3"));
    log.log(new Command.RecordMembers(recorded, log.term()));
    running.forEach(
        member -> {
          member.membership.voters = Set.of("c1", "c2", "c3");
          member.membership.following = Set.of("c2");
          member.peers = this::answer;
        });
  }

  private static EnsembleMember described(String id, String raft, URI http) {
    return new EnsembleMember(id, raft, http.toString());
  }

  /** Stops the clock for the age of members' reports. */
  void freeze() {
    running.forEach(member -> member.frozen = true);
  }

  /** Lets this time pass on it. */
  void pass(Duration time) {
    running.forEach(member -> member.ticks.addAndGet(time.toNanos()));
  }

  /** How often members asked others for their reports. */
  int asks() {
    return asks.get();
  }

  /** Every member that runs answers the others. */
  private CompletableFuture<MemberReport> answer(Member asked) {
    asks.incrementAndGet();
    return members.stream()
        .filter(member -> member.id().equals(asked.id()))
        .findFirst()
        .map(member -> running.get(members.indexOf(member)))
        .map(FakeMember::report)
        .or(() -> Optional.ofNullable(waiting.get(asked.id())))
        .map(CompletableFuture::completedFuture)
        .orElseGet(() -> CompletableFuture.failedFuture(new IOException("refused")));
  }

  /** A member that has no data yet answers them. */
  void waits(String id) {
    waiting.put(id, running.get(0).report(id, Leadership.Role.REJOINING));
  }

  /** The voters that both see. */
  void voting(String... ids) {
    running.forEach(member -> member.membership.voters = Set.of(ids));
  }

  /** What the change of the members waits for, as the leader reports it. */
  void leaderWaits(String what) {
    running.get(0).list =
        new MemberListReport("", "0.2.0", 2, List.of(), List.of(), Optional.of(what));
  }

  /** Where c2 listens. */
  int followerPort() {
    return members.get(1).http().getPort();
  }

  /** The base URL of a member; 0 is c1. */
  URI http(int member) {
    return members.get(member).http();
  }

  /** The keys that a member knows. */
  Keys keys(int member) {
    return running.get(member).keys;
  }

  /** Stops c2. */
  void stopFollower() {
    running.get(1).close();
  }

  /** The members as the follower sees them. */
  StubMembership followersView() {
    return running.get(1).membership;
  }

  /** The refusals that the leader counted, in order. */
  List<Refusal> refusals() {
    return running.get(0).refusals();
  }

  Call leader(String line) {
    return new Call(0, line);
  }

  Call follower(String line) {
    return new Call(1, line);
  }

  /**
   * One request, as an admin unless another key is given. Its answer must be as the OpenAPI
   * document says.
   */
  final class Call {
    private final HttpRequest.Builder builder;
    private final String method;
    private final String target;
    private String key = "admin";
    private String body = "";

    private Call(int member, String line) {
      String[] words = line.split(" ", 2);
      method = words[0];
      target = words[1];
      builder = HttpRequest.newBuilder(URI.create(members.get(member).http() + words[1]));
    }

    Call key(String secret) {
      key = secret;
      return this;
    }

    Call header(String name, String value) {
      builder.header(name, value);
      return this;
    }

    Call json(String text) {
      body = text;
      return header("Content-Type", "application/json");
    }

    Answer send() {
      if (!key.isEmpty()) {
        builder.header("Authorization", "Bearer " + key);
      }
      builder.method(
          method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
      try {
        HttpResponse<byte[]> response = client.send(builder.build(), BodyHandlers.ofByteArray());
        String text = new String(response.body(), StandardCharsets.UTF_8);
        String type = response.headers().firstValue("Content-Type").orElse("");
        boolean json = type.endsWith("json");
        OpenApi.check(method, target, body, response.statusCode(), type, text);
        return new Answer(
            response.statusCode(),
            json ? MAPPER.readTree(text) : MAPPER.nullNode(),
            text,
            response.headers());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    /** Sends it and requires this status. */
    Answer wants(int status) {
      Answer answer = send();
      if (answer.status() != status) {
        throw new AssertionError(
            "wanted " + status + ", got " + answer.status() + ": " + answer.text());
      }
      return answer;
    }
  }

  @Override
  public void close() {
    // Each waits for clients that keep their connections.
    running.parallelStream().forEach(FakeMember::close);
  }
}
