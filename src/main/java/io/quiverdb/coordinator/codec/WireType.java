// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Wire;

/**
 * One schema of one command on the wire. When the fields of a command change, its old schema stays
 * here with its own reader.
 *
 * @param name stable wire name
 * @param schema from 1
 * @param sinceFormat the first format in which it may be written
 * @param type the command
 * @param writer its fields as JSON
 * @param reader the command of such fields
 */
public record WireType(
    String name,
    int schema,
    int sinceFormat,
    Class<? extends Command> type,
    Writer writer,
    Reader reader) {

  /** Turns a command into its fields. */
  @FunctionalInterface
  public interface Writer {
    /** Never fails for a command of its type. */
    ObjectNode write(Command command);
  }

  /** Turns fields into a command. */
  @FunctionalInterface
  public interface Reader {
    /** Fails if a field is unknown, missing or of another type. */
    Command read(ObjectNode fields) throws JsonProcessingException;
  }

  /** The current schema of a command, as its {@link Wire} annotation says. */
  static WireType of(Class<? extends Command> type) {
    Wire wire = type.getAnnotation(Wire.class);
    if (wire == null) {
      throw new IllegalStateException(type + " has no @Wire name");
    }
    return new WireType(
        wire.value(),
        wire.schema(),
        wire.sinceFormat(),
        type,
        command -> Json.MAPPER.valueToTree(command),
        fields -> Json.MAPPER.treeToValue(fields, type));
  }
}
