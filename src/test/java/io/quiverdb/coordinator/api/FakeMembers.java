// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.dev.cluster.FreePorts;
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
import java.util.ArrayList;
import java.util.List;

/** A leader c1 and a follower c2, two shards, and a client. */
final class FakeMembers implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  final FakeLog log = new FakeLog();
  final StubChecks checks = new StubChecks();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Member> members = new ArrayList<>();
  private final List<FakeMember> running = new ArrayList<>();

  /** What a member answered. */
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
              "c" + i, "127.0.0.1:1", URI.create("http://127.0.0.1:" + FreePorts.take(1).get(0))));
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

  /** Where c2 listens. */
  int followerPort() {
    return members.get(1).http().getPort();
  }

  /** Stops c2. */
  void stopFollower() {
    running.get(1).close();
  }

  /** What the follower sees of the members. */
  StubMembership followersView() {
    return running.get(1).membership;
  }

  /** What the leader counted as refused, in order. */
  List<Refusal> refusals() {
    return running.get(0).refusals();
  }

  Call leader(String line) {
    return new Call(0, line);
  }

  Call follower(String line) {
    return new Call(1, line);
  }

  /** One request, as an admin unless another key is given. */
  final class Call {
    private final HttpRequest.Builder builder;
    private final String method;
    private String key = "admin";
    private String body = "";

    private Call(int member, String line) {
      String[] words = line.split(" ", 2);
      method = words[0];
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
        boolean json = response.headers().firstValue("Content-Type").orElse("").endsWith("json");
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

    /** Sends it and wants this status. */
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
