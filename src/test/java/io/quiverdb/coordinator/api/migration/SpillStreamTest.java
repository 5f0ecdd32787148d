// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpillStreamTest {
  private static final SpillStream.Part FOUR = new SpillStream.Part("c1", 4);
  private static final SpillStream.Part NONE = new SpillStream.Part("c2", 0);
  private static final SpillStream.Part TWO = new SpillStream.Part("c3", 2);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void onePartAfterTheOtherAndNothingThatCameLater() throws IOException {
    try (SpillStream stream =
        new SpillStream(
            List.of(FOUR, NONE, TWO),
            (member, from) ->
                bytes((member.equals("c1") ? "abcdLATER" : "ef").substring((int) from)))) {
      assertEquals('a', stream.read());
      assertEquals("bcdef", new String(stream.readAllBytes(), StandardCharsets.UTF_8));
      assertEquals(-1, stream.read());
    }
  }

  @Test
  void aFileThatEndsTooEarlyIsNoEnd() throws IOException {
    try (SpillStream stream =
        new SpillStream(List.of(FOUR), (member, from) -> from == 0 ? bytes("ab") : new byte[0])) {
      assertThrows(IOException.class, stream::readAllBytes);
    }
  }
}
