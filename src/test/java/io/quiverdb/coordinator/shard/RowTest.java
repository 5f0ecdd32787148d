// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When two copies of a point count as the same. */
class RowTest {
  private static Row row(String json) {
    try {
      return RowReader.point(json.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedAnswerException e) {
      throw new AssertionError(json, e);
    }
  }

  private static Row of(String vector, String payload) {
    return row("{\"id\":\"a\",\"vector\":" + vector + ",\"payload\":" + payload + "}");
  }

  private static void compare(boolean same, Row a, Row b) {
    assertEquals(same, a.sameContent(b));
    assertEquals(same, b.sameContent(a));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1 | 1.0",
        "1 | 1",
        "15e-1 | 1.50",
        "100 | 1E2",
        "0 | 0.00",
        "-0 | -0.0e5",
        "18446744073709551616 | 18446744073709551616.0",
        "{\"a\":1,\"b\":[2]} | { \"b\" : [2.0], \"a\" : 1 }",
        "\"\\u00e9\\/\" | \"é/\"",
        "\"\\ud83d\\ude00\" | \"😀\"",
        "null | null",
        "[] | [ ]"
      })
  void anotherSpellingIsTheSame(String a, String b) {
    compare(true, of("[1]", a), of("[1]", b));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1 | 2",
        "1 | true",
        "1 | \"1\"",
        "1 | [1]",
        "0 | null",
        "0 | -0",
        "0.0 | -0.0",
        "\"-0\" | -0",
        "9007199254740993 | 9007199254740992",
        "18446744073709551616 | 18446744073709551617",
        "0.1 | 0.10000000000000001",
        "{} | null",
        "{} | []",
        "{\"a\":null} | {}",
        "{\"a\":1} | {\"A\":1}",
        "[1,2] | [2,1]",
        "\"a\" | \"a \"",
        "\"é\" | \"e\u0301\""
      })
  void anotherValueIsNot(String a, String b) {
    compare(false, of("[1]", a), of("[1]", b));
  }

  @Test
  void vectorsAreComparedExactly() {
    compare(true, of("[1.0,2]", "1"), of("[ 1, 2.0 ]", "1"));
    compare(false, of("[0.1]", "1"), of("[0.10000000149011612]", "1"));
    compare(false, of("[0.0]", "1"), of("[-0.0]", "1"));
    compare(false, of("[1]", "1"), of("[1,1]", "1"));
  }

  @Test
  void aMissingPayloadIsNull() {
    Row without = row("{\"vector\":[1],\"id\":\"a\"}");
    assertEquals("null", without.payloadJson());
    compare(true, without, of("[1]", "null"));
    compare(false, without, of("[1]", "{}"));
  }

  @Test
  void orderAndUnknownFieldsDoNotCount() {
    compare(
        true,
        row("{\"seq\":1,\"payload\":{\"x\":1},\"id\":\"a\",\"vector\":[1]}"),
        row("{\"id\":\"a\",\"vector\":[1],\"payload\":{\"x\":1},\"seq\":2}"));
  }

  @Test
  void whatCannotBeComparedIsNotTheSame() {
    String huge = "1" + "0".repeat(2_000);
    compare(true, of("[1]", huge), of("[1]", huge));
    compare(false, of("[1]", huge), of("[1]", huge + ".0"));
    compare(false, of("[1]", "1e99999999999"), of("[1]", "1.0e99999999999"));
    compare(false, of("[1]", "{\"a\":1,\"a\":1}"), of("[1]", "{\"a\":1, \"a\":1}"));
  }

  @Test
  void anyPayloadIsTheSameAsItself() {
    Random random = new Random(1);
    RandomJson json = new RandomJson(random);
    for (int i = 0; i < 1_000; i++) {
      String payload = json.value(4);
      compare(true, of("[1]", payload), of("[1]", " " + payload));
      assertTrue(of("[1]", payload).sameContent(of("[1]", payload)));
    }
    assertFalse(of("[1]", "1").sameContent(of("[2]", "1")));
  }
}
