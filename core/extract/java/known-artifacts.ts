/** Artifacts of one group whose archives hold no `pom.properties`. */
export interface KnownArtifacts {
  readonly group: string;
  /** The artifacts, as their files are called before the version. */
  readonly artifacts: RegExp;
  /** Major versions that this group has them for. @default all */
  readonly majors?: readonly [first: number, last: number];
  /** What their manifests name them by: one of these is there, and is as said. Not there: manifests name nothing. */
  readonly names?: (artifact: string) => Readonly<Record<string, string | RegExp>>;
  /** The attribute that says the version as Maven has it, for files without one in their name. @default Implementation-Version */
  readonly version?: 'Bundle-Version';
}

const title = (artifact: string) => ({ 'Implementation-Title': artifact });
const module = (artifact: string) => ({
  'Automatic-Module-Name': artifact.replaceAll('-', '.'),
});

const GROOVY =
  /^groovy(?:-(?:all|ant|cli-picocli|console|datetime|dateutil|jmx|json|jsr223|macro|nio|servlet|sql|swing|templates|test|xml|yaml))?$/;

/**
 * Builds by Gradle, Ant and bnd leave no `pom.properties`; these are the common ones, with the
 * coordinates that Maven Central has them under (compared with its archives in November 2026). An artifact
 * is listed by its whole name: what others publish under a like one is not theirs.
 */
export const KNOWN_ARTIFACTS: readonly KnownArtifacts[] = [
  {
    group: 'org.springframework',
    artifacts:
      /^spring-(?:aop|aspects|beans|context(?:-indexer|-support)?|core|expression|instrument|jcl|jdbc|jms|messaging|orm|oxm|r2dbc|test|tx|web|webflux|webmvc|websocket)$/,
    names: (artifact) => ({ ...title(artifact), ...module(artifact) }),
  },
  {
    group: 'org.springframework.boot',
    artifacts:
      /^spring-boot(?:-(?:actuator|actuator-autoconfigure|autoconfigure|devtools|docker-compose|jarmode-layertools|jarmode-tools|loader|loader-classic|loader-tools|properties-migrator|test|test-autoconfigure))?$/,
    names: module,
  },
  {
    group: 'org.springframework.security',
    artifacts:
      /^spring-security-(?:acl|aspects|cas|config|core|crypto|data|ldap|messaging|oauth2-(?:client|core|jose|resource-server)|openid|remoting|rsocket|saml2-service-provider|taglibs|test|web)$/,
    names: title,
  },
  {
    group: 'org.springframework.batch',
    artifacts: /^spring-batch-(?:core|infrastructure|integration|test)$/,
    names: title,
  },
  {
    group: 'org.springframework.session',
    artifacts: /^spring-session-(?:core|data-redis|hazelcast|jdbc)$/,
    names: title,
  },
  {
    group: 'org.apache.tomcat.embed',
    artifacts: /^tomcat-embed-(?:core|el|jasper|websocket)$/,
    names: (artifact) => ({
      'Implementation-Title': 'Apache Tomcat',
      'Bundle-SymbolicName': `org.apache.${artifact === 'tomcat-embed-el' ? 'tomcat-embed-jasper-el' : artifact}`,
    }),
    version: 'Bundle-Version',
  },
  {
    group: 'org.apache.tomcat',
    artifacts:
      /^tomcat-(?:annotations-api|api|catalina|catalina-ant|catalina-ha|coyote|dbcp|el-api|jasper|jasper-el|jaspic-api|jdbc|jni|jsp-api|juli|servlet-api|storeconfig|tribes|util|util-scan|websocket|websocket-api)$/,
    names: (artifact) => ({
      'Bundle-SymbolicName': new RegExp(`^org\\.apache\\.tomcat[-.]${artifact.slice(7)}$`),
      'Implementation-Title': 'Apache Tomcat',
    }),
    version: 'Bundle-Version',
  },
  {
    group: 'org.hibernate',
    artifacts: /^hibernate-(?:c3p0|core|entitymanager|envers|hikaricp|jcache|spatial)$/,
    majors: [4, 5],
    names: hibernateModule,
  },
  {
    group: 'org.hibernate.orm',
    artifacts: /^hibernate-(?:c3p0|core|envers|hikaricp|jcache|spatial)$/,
    majors: [6, 99],
    names: hibernateModule,
  },
  {
    group: 'org.hibernate.common',
    artifacts: /^hibernate-commons-annotations$/,
    majors: [4, 99],
    names: (artifact) => ({
      'Bundle-SymbolicName': `org.hibernate.common.${artifact}`,
      'Implementation-Vendor-Id': 'org.hibernate',
    }),
  },
  {
    group: 'org.jetbrains.kotlin',
    artifacts: /^kotlin-(?:reflect|stdlib(?:-common|-jdk7|-jdk8)?)$/,
    names: title,
  },
  {
    group: 'com.squareup.okhttp3',
    artifacts: /^okhttp(?:-jvm)?$/,
    majors: [3, 99],
    names: () => ({ 'Automatic-Module-Name': 'okhttp3' }),
  },
  {
    group: 'com.squareup.okhttp3',
    artifacts: /^logging-interceptor$/,
    names: () => ({ 'Automatic-Module-Name': 'okhttp3.logging' }),
  },
  {
    group: 'com.squareup.okio',
    artifacts: /^okio(?:-jvm)?$/,
    names: () => ({ 'Automatic-Module-Name': 'okio', 'Bundle-SymbolicName': 'com.squareup.okio' }),
  },
  {
    group: 'org.codehaus.groovy',
    artifacts: GROOVY,
    majors: [2, 3],
    names: groovyNames,
  },
  {
    group: 'org.apache.groovy',
    artifacts: GROOVY,
    majors: [4, 99],
    names: groovyNames,
  },
  { group: 'antlr', artifacts: /^antlr$/, majors: [2, 2] },
  {
    group: 'org.checkerframework',
    artifacts: /^checker-qual$/,
    names: (artifact) => ({
      'Automatic-Module-Name': 'org.checkerframework.checker.qual',
      'Bundle-SymbolicName': artifact,
    }),
  },
  {
    group: 'org.bouncycastle',
    artifacts: /^bc(?:mail|jmail|pg|pkix|prov|tls|util)-jdk(?:14|15on|15to18|18on)$/,
    names: () => ({ 'Implementation-Vendor-Id': 'org.bouncycastle' }),
    version: 'Bundle-Version',
  },
  {
    group: 'mysql',
    artifacts: /^mysql-connector-java$/,
    names: () => ({ 'Implementation-Title': 'MySQL Connector/J' }),
  },
  {
    group: 'com.mysql',
    artifacts: /^mysql-connector-j$/,
    names: () => ({ 'Implementation-Title': 'MySQL Connector/J' }),
  },
  {
    group: 'org.postgresql',
    artifacts: /^postgresql$/,
    names: () => ({ 'Implementation-Title': 'PostgreSQL JDBC Driver' }),
  },
  {
    group: 'com.h2database',
    artifacts: /^h2$/,
    names: () => ({ 'Bundle-SymbolicName': 'com.h2database' }),
  },
  {
    group: 'com.ibm.icu',
    artifacts: /^icu4j$/,
    names: () => ({ 'Bundle-SymbolicName': 'com.ibm.icu' }),
  },
  {
    group: 'io.grpc',
    artifacts: /^grpc-(?:api|context|core|netty|netty-shaded|okhttp|protobuf|services|stub)$/,
    names: title,
  },
  {
    group: 'io.projectreactor',
    artifacts: /^reactor-core$/,
    names: title,
  },
  {
    group: 'io.projectreactor.netty',
    artifacts: /^reactor-netty-(?:core|http)$/,
    names: title,
  },
  {
    group: 'org.apache.lucene',
    artifacts: /^lucene-(?:core|queries|queryparser)$/,
    names: () => ({ 'Implementation-Title': 'org.apache.lucene' }),
  },
  {
    group: 'org.liquibase',
    artifacts: /^liquibase-core$/,
    names: () => ({ 'Bundle-SymbolicName': 'org.liquibase.core' }),
    version: 'Bundle-Version',
  },
  {
    group: 'org.ow2.asm',
    artifacts: /^asm$/,
    majors: [4, 99],
    names: () => ({ 'Bundle-SymbolicName': 'org.objectweb.asm' }),
  },
  { group: 'com.jayway.jsonpath', artifacts: /^json-path$/, names: title },
  { group: 'org.thymeleaf', artifacts: /^thymeleaf$/, names: title },
  {
    group: 'org.freemarker',
    artifacts: /^freemarker$/,
    names: () => ({ 'Bundle-SymbolicName': 'org.freemarker.freemarker' }),
  },
  {
    group: 'org.aspectj',
    artifacts: /^aspectjweaver$/,
    names: () => ({ 'Automatic-Module-Name': 'org.aspectj.weaver' }),
  },
  {
    group: 'org.elasticsearch',
    artifacts: /^elasticsearch$/,
    names: () => ({ 'Implementation-Title': /^org\.elasticsearch#server;/ }),
  },
  {
    group: 'dom4j',
    artifacts: /^dom4j$/,
    majors: [1, 1],
    names: () => ({ 'Implementation-Title': 'org.dom4j' }),
  },
  { group: 'org.dom4j', artifacts: /^dom4j$/, majors: [2, 2] },
  { group: 'org.apache.kafka', artifacts: /^kafka-clients$/ },
  { group: 'xerces', artifacts: /^xercesImpl$/ },
  { group: 'xalan', artifacts: /^xalan$/ },
  { group: 'org.jdom', artifacts: /^jdom2$/ },
];

function hibernateModule(artifact: string) {
  // Without `orm` before 5.
  const name = new RegExp(`^org\\.hibernate\\.(?:orm\\.)?${artifact.slice('hibernate-'.length)}$`);
  return { 'Bundle-SymbolicName': name, 'Automatic-Module-Name': name };
}

function groovyNames(artifact: string) {
  return { 'Bundle-SymbolicName': artifact, 'Implementation-Title': /^Groovy: a powerful, / };
}
