// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** Answers about migrations, plans, checks and backups, of which the last ones are kept. */
public final class KeptRecords {
  private KeptRecords() {}

  /**
   * Answers with a list, newest first.
   *
   * @param name of the list
   * @param most how many at most
   */
  public static <T> void list(
      Context ctx,
      String name,
      Stream<T> records,
      ToLongFunction<T> id,
      long most,
      Function<T, ObjectNode> json) {
    Responses.json(
        ctx,
        Json.bytes(
            body -> {
              ArrayNode list = body.putArray(name);
              records
                  .sorted(Comparator.comparingLong(id).reversed())
                  .limit(most)
                  .forEach(record -> list.add(json.apply(record)));
            }));
  }

  /**
   * The record.
   *
   * @param what it is, in the singular
   * @throws ApiException if there is none: 404
   */
  public static <T> T found(Optional<T> record, String what, long id) {
    return record.orElseThrow(
        () ->
            new ApiException(
                Fault.NOT_FOUND,
                "there is no " + what + " " + Unsigned.text(id) + ", or it was forgotten"));
  }
}
