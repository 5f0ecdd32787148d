// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.member;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.codec.MalformedDocumentException;
import io.quiverdb.coordinator.codec.OutcomeJson;
import io.quiverdb.coordinator.consensus.Submission;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The JSON of the outcomes of the changes in one forwarded request, in their order. */
public final class SubmissionsJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private SubmissionsJson() {}

  /** The bytes of these submissions. */
  public static byte[] toBytes(List<Submission> submissions) {
    ArrayNode all = MAPPER.createArrayNode();
    for (Submission submission : submissions) {
      write(submission, all.addObject());
    }
    try {
      return MAPPER.writeValueAsBytes(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree must have a text", e);
    }
  }

  private static void write(Submission submission, ObjectNode node) {
    if (submission instanceof Submission.Answered answered) {
      node.set("outcome", OutcomeJson.toJson(answered.outcome()));
      node.put("replayed", answered.replayed());
      node.put("index", answered.index());
      node.put("term", answered.term());
    } else if (submission instanceof Submission.NotLeader other) {
      node.put("leader", other.leaderId().orElse(""));
    } else if (submission instanceof Submission.Unavailable unavailable) {
      node.put("unavailable", unavailable.reason());
    } else if (submission instanceof Submission.Unknown unknown) {
      node.put("unknown", unknown.reason());
    }
  }

  /**
   * The submissions in an answer.
   *
   * @param count the required number
   * @throws IOException if it is not valid
   */
  public static List<Submission> fromBytes(byte[] bytes, int count) throws IOException {
    JsonNode all = MAPPER.readTree(bytes);
    if (!all.isArray() || all.size() != count) {
      throw new IOException("wanted an array of outcomes of " + count + " changes");
    }
    List<Submission> submissions = new ArrayList<>(count);
    for (JsonNode node : all) {
      submissions.add(read(node));
    }
    return submissions;
  }

  private static Submission read(JsonNode node) throws IOException {
    if (node.path("leader").isTextual()) {
      return new Submission.NotLeader(
          Optional.of(node.path("leader").textValue()).filter(id -> !id.isEmpty()));
    }
    if (node.path("unavailable").isTextual()) {
      return new Submission.Unavailable(node.path("unavailable").textValue());
    }
    if (node.path("unknown").isTextual()) {
      return new Submission.Unknown(node.path("unknown").textValue());
    }
    if (!node.path("index").isIntegralNumber() || !node.path("term").isIntegralNumber()) {
      throw new IOException("the outcome of a change is missing");
    }
    try {
      return new Submission.Answered(
          OutcomeJson.fromJson(node.path("outcome")),
          node.path("replayed").booleanValue(),
          node.path("index").longValue(),
          node.path("term").longValue());
    } catch (MalformedDocumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
