// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.Endpoint;
import io.quiverdb.coordinator.cli.rest.EveryMember;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import io.quiverdb.coordinator.cli.rest.RestClient;
import io.quiverdb.coordinator.cli.rest.RestException;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The common part of operator commands: which members they ask and how they print. */
final class Session {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final GlobalOptions options;
  private final CliEnvironment around;

  Session(GlobalOptions options, CliEnvironment around) {
    this.options = options;
    this.around = around;
  }

  CliEnvironment around() {
    return around;
  }

  boolean json() {
    return options.json();
  }

  /** A client for several requests; it asks the member first that answered last. */
  RestClient client() throws CommandFailure {
    return options.client(around);
  }

  /** A way to ask each member by itself. */
  EveryMember.Asking asking() throws CommandFailure {
    Function<Endpoint, RestClient> clients = options.clients(around);
    Map<Endpoint, RestClient> known = new HashMap<>();
    return (member, path) -> known.computeIfAbsent(member, clients).fetch(path);
  }

  /** What must not be shown to others. */
  List<String> secrets() throws CommandFailure {
    return options.secret(around).stream().toList();
  }

  /** The members that were named. */
  List<Endpoint> endpoints() throws CommandFailure {
    return options.endpoints(around);
  }

  RestAnswer get(String path) throws RestException, CommandFailure, InterruptedException {
    return options.client(around).send(RestRequest.get(path));
  }

  RestAnswer change(ChangeOptions change, String method, String path)
      throws RestException, CommandFailure, InterruptedException {
    return options.client(around).send(change.request(method, path, Optional.empty()));
  }

  RestAnswer change(ChangeOptions change, String method, String path, JsonNode body)
      throws RestException, CommandFailure, InterruptedException {
    return change(change, method, path, text(body));
  }

  RestAnswer change(ChangeOptions change, String method, String path, String body)
      throws RestException, CommandFailure, InterruptedException {
    return options.client(around).send(change.request(method, path, Optional.of(body)));
  }

  /** A client for a request that takes a member this long. */
  RestAnswer change(
      ChangeOptions change, String method, String path, Optional<String> body, Duration patience)
      throws RestException, CommandFailure, InterruptedException {
    return options.client(around, patience).send(change.request(method, path, body));
  }

  /** Prints the answer of the member as JSON, or the lines as text. */
  void print(RestAnswer answer, Function<JsonNode, List<String>> lines) {
    if (options.json()) {
      around.out().println(answer.text());
    } else {
      lines.apply(answer.json()).forEach(around.out()::println);
    }
    around.out().flush();
  }

  /** Prints a result that combines several answers. */
  void print(JsonNode result, Function<JsonNode, List<String>> lines) {
    print(new RestAnswer(text(result), result), lines);
  }

  List<String> lines(Table table) {
    return table.lines(around.colours());
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** A field for a table; {@code -} if it is missing. */
  static String cell(JsonNode object, String field) {
    JsonNode value = object.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return "-";
    }
    if (value.isBoolean()) {
      return value.booleanValue() ? "yes" : "no";
    }
    return value.isValueNode() ? value.asText() : value.toString();
  }

  /** A tree as JSON. */
  static String text(JsonNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
