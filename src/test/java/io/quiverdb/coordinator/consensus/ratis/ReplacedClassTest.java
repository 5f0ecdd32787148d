package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Executable;
import java.net.URL;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The class of Ratis that this program replaces. */
class ReplacedClassTest {
  private static final String REPLACED = "org.apache.ratis.server.impl.ReadIndexHeartbeats";

  /** The only one that uses it. */
  private static final String CALLER = "org.apache.ratis.server.impl.LeaderStateImpl";

  @Test
  void itIsOursThatIsLoaded() throws Exception {
    assertEquals(source(RaftNode.class), source(Class.forName(REPLACED)));
  }

  /** A newer Ratis may call something else there, and a read would end in a NoSuchMethodError. */
  @Test
  void itHasEverythingThatRatisCalls() throws Exception {
    Set<String> called = new TreeSet<>();
    for (JavaAccess<?> access : caller().getAccessesFromSelf()) {
      if (isReplaced(access.getTargetOwner().getName())
          && access.getTarget() instanceof CodeUnitAccessTarget target) {
        called.add(
            form(
                target.getOwner().getName(),
                target.getName(),
                target.getRawParameterTypes().stream().map(JavaClass::getName)));
      }
    }
    assertFalse(called.isEmpty(), "Ratis does not use the class any more: remove ours");
    called.removeAll(forms(REPLACED));
    called.removeAll(forms(REPLACED + "$AppendEntriesListener"));
    assertEquals(Set.of(), called, "Ratis calls what ours does not have");
  }

  /** By itself: the classes that it names would take seconds to read. */
  private static JavaClass caller() throws ClassNotFoundException {
    Class<?> caller = Class.forName(CALLER);
    return ArchConfiguration.withThreadLocalScope(
        configuration -> {
          configuration.setResolveMissingDependenciesFromClassPath(false);
          return new ClassFileImporter().importClass(caller);
        });
  }

  private static boolean isReplaced(String name) {
    return name.equals(REPLACED) || name.startsWith(REPLACED + "$");
  }

  private static Set<String> forms(String name) throws ClassNotFoundException {
    Class<?> type = Class.forName(name);
    return Stream.<Executable>concat(
            Arrays.stream(type.getDeclaredMethods()), Arrays.stream(type.getDeclaredConstructors()))
        .map(
            e ->
                form(
                    name,
                    e.getName().equals(name) ? "<init>" : e.getName(),
                    Arrays.stream(e.getParameterTypes()).map(Class::getName)))
        .collect(Collectors.toSet());
  }

  private static String form(String owner, String name, Stream<String> parameters) {
    return owner + "." + name + parameters.toList();
  }

  private static URL source(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }
}
