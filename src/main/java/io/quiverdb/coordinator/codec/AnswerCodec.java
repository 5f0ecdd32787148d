package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Answers as JSON; they live as long as one request, within one process or between two. */
public final class AnswerCodec {
  private AnswerCodec() {}

  /** The bytes of an answer. */
  public static byte[] encode(Answer answer) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("outcome", OutcomeJson.toJson(answer.outcome()));
    node.put("replayed", answer.replayed());
    node.put("index", answer.index());
    node.put("term", answer.term());
    return Json.bytes(node);
  }

  /**
   * The answer in these bytes.
   *
   * @throws MalformedDocumentException if they are none
   */
  public static Answer decode(byte[] bytes) throws MalformedDocumentException {
    Fields fields = Fields.parse(bytes);
    return new Answer(
        OutcomeJson.fromJson(fields.object("outcome")),
        fields.get("replayed").asBoolean(),
        fields.i64("index"),
        fields.i64("term"));
  }
}
