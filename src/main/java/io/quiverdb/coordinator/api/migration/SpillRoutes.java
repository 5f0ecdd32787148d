// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Query;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.RequestForwarder;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.member.Forwarding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** The spill files of all members: each member has those of its own steps. */
public final class SpillRoutes implements Routes {
  private static final String OWN = "/internal/spills";
  private static final String JSON_LINES = "application/jsonl";
  private static final Duration LIST_LIMIT = Duration.ofSeconds(2);
  private static final Duration PIECE_LIMIT = Duration.ofSeconds(10);

  private final ApiContext node;
  private final RequestForwarder others;
  private final SpillFolder folder;

  /**
   * The files of a member.
   *
   * @param files an array; empty if it did not answer
   */
  private record Found(String member, Optional<JsonNode> files) {}

  /** Routes over this member's folder and those of the others. */
  public SpillRoutes(ApiContext node, RequestForwarder others) {
    this.node = node;
    this.others = others;
    this.folder = new SpillFolder(node.migrations().spills());
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/cluster/spills", this::list);
    routes.get("/cluster/spills/{name}", this::one, "node");
    routes.get(OWN, this::ownList);
    routes.get(OWN + "/{name}", this::ownPiece, "from");
  }

  private void ownList(Context ctx) {
    Responses.json(ctx, Json.bytes(ownFiles()));
  }

  private ArrayNode ownFiles() {
    try {
      ArrayNode spills = Json.MAPPER.createArrayNode();
      for (SpillFolder.Spill spill : folder.list()) {
        spills
            .addObject()
            .put("name", spill.name())
            .put("bytes", spill.bytes())
            .put("changed_at", JsonValues.time(spill.changedMillis()));
      }
      return spills;
    } catch (IOException e) {
      throw new UncheckedIOException("the spill files cannot be listed", e);
    }
  }

  private void ownPiece(Context ctx) {
    long from = Parameters.u64Or(ctx, "from", 0) & Long.MAX_VALUE;
    try {
      Responses.bytes(
          ctx,
          200,
          JSON_LINES,
          folder.read(ctx.pathParam("name"), from).orElseThrow(SpillRoutes::absent));
    } catch (IOException e) {
      throw new UncheckedIOException("a spill file cannot be read", e);
    }
  }

  private void list(Context ctx) {
    ctx.future(
        () ->
            found(ctx, member -> true)
                .thenAccept(all -> Responses.json(ctx, Json.bytes(listOf(all)))));
  }

  private static ObjectNode listOf(List<Found> all) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode spills = body.putArray("spills");
    ArrayNode unreachable = body.putArray("unreachable");
    for (Found found : all) {
      if (found.files().isEmpty()) {
        unreachable.add(found.member());
      }
      for (JsonNode file : found.files().orElse(Json.value(List.of()))) {
        ObjectNode row = spills.addObject().put("node", found.member());
        for (String field : List.of("name", "bytes", "changed_at")) {
          row.set(field, file.path(field));
        }
      }
    }
    return body;
  }

  private void one(Context ctx) {
    String name = ctx.pathParam("name");
    if (!SpillFolder.isName(name)) {
      throw absent();
    }
    String only = Query.value(ctx, "node").orElse("");
    if (!only.isEmpty() && node.http(only).isEmpty()) {
      throw new ApiException(Fault.NOT_FOUND, "node: the ensemble has no member " + only);
    }
    ctx.future(
        () ->
            found(ctx, member -> only.isEmpty() || only.equals(member.id()))
                .thenAccept(
                    all ->
                        ctx.contentType(JSON_LINES)
                            .result(
                                new SpillStream(
                                    parts(all, name),
                                    (member, from) -> piece(ctx, member, name, from)))));
  }

  /**
   * Joins the lines of one file name from all members. Fails if a member does not answer: a part
   * must not look like the whole.
   */
  private static List<SpillStream.Part> parts(List<Found> all, String name) {
    List<String> silent =
        all.stream().filter(found -> found.files().isEmpty()).map(Found::member).toList();
    if (!silent.isEmpty()) {
      throw new ApiException(
          Fault.UNAVAILABLE,
          "no answer from "
              + String.join(", ", silent)
              + ", where lines of this file may be; ?node= asks one member alone");
    }
    List<SpillStream.Part> parts = new ArrayList<>();
    for (Found found : all) {
      for (JsonNode file : found.files().orElseThrow()) {
        if (file.path("name").asText().equals(name)) {
          parts.add(new SpillStream.Part(found.member(), file.path("bytes").asLong()));
        }
      }
    }
    if (parts.isEmpty()) {
      throw absent();
    }
    return parts;
  }

  private byte[] piece(Context ctx, String member, String name, long from) throws IOException {
    if (member.equals(node.id())) {
      return folder.read(name, from).orElseThrow(() -> new IOException(name + " has gone"));
    }
    URI http = node.http(member).orElseThrow();
    String path = OWN + "/" + name + "?from=" + from;
    if (others.get(ctx, http, path, PIECE_LIMIT).join() instanceof Forwarding.Result.Answered answer
        && answer.status() == 200) {
      return answer.body();
    }
    throw new IOException(member + " does not continue with " + name);
  }

  private static ApiException absent() {
    return new ApiException(Fault.NOT_FOUND, "there is no spill file of this name");
  }

  /** The files of these members; completes within two seconds. */
  private CompletableFuture<List<Found>> found(Context ctx, Predicate<Member> wanted) {
    List<CompletableFuture<Found>> asked = new ArrayList<>();
    for (Member member : node.members().all()) {
      if (wanted.test(member)) {
        asked.add(
            member.id().equals(node.id())
                ? CompletableFuture.completedFuture(new Found(member.id(), Optional.of(ownFiles())))
                : others
                    .get(ctx, member.http(), OWN, LIST_LIMIT)
                    .thenApply(result -> new Found(member.id(), files(result))));
      }
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(done -> asked.stream().map(CompletableFuture::join).toList());
  }

  private static Optional<JsonNode> files(Forwarding.Result result) {
    if (!(result instanceof Forwarding.Result.Answered answer) || answer.status() != 200) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.BODIES.readTree(answer.body()));
    } catch (IOException e) {
      throw new UncheckedIOException("a member answered with no list of spill files", e);
    }
  }
}
