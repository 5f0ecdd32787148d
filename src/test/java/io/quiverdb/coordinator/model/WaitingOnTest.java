package io.quiverdb.coordinator.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingOnTest {
  private static WaitingOn waiting(String detail) {
    return new WaitingOn("shard", detail, 0, 0, 0);
  }

  @Test
  void namesAUrlAndWhatIsBelowIt() {
    for (String detail :
        List.of(
            "http://s1: no answer",
            "http://s1",
            "writes (http://s1) fail.",
            "asked http://s0, then http://s1/v1/collections")) {
      assertTrue(waiting(detail).names("http://s1"), detail);
    }
    assertTrue(waiting("http://s1:6333/: connection refused").names("http://s1:6333/"));
    assertTrue(waiting("HTTP://S1:6333: connection refused").names("HTTP://S1:6333"));
    assertTrue(waiting("http://gw/(a;b): connection refused").names("http://gw/(a;b)"));
    for (String detail :
        List.of("http://s10: no answer", "http://s1:6333 is away", "https://s1 is away", "s1")) {
      assertFalse(waiting(detail).names("http://s1"), detail);
    }
  }

  @Test
  void saysWhomItIsAbout() {
    assertEquals(
        List.of("http://s1:6333/gw", "https://s2"),
        WaitingOn.urlsIn("http://s1:6333/gw/: answered 503; so did https://s2."));
    assertEquals(List.of(), WaitingOn.urlsIn("waits for 500 ms in which all answer"));
  }
}
