/** What each kind of provider needs to be called. The program knows the rules too, and has the last word. */
export type Kind = {
  kind: string;
  label: string;
  /** One line for who chooses. */
  hint: string;
  /** Where calls go: the kind's own address, which may be another one, or always one's own. */
  address: "own" | "asked" | "none";
  addressExample: string;
  credential: "needed" | "optional" | "none";
  /** Which forms of a credential there are. */
  hasAwsKeys?: boolean;
  needsRegion?: boolean;
  hasVersion?: boolean;
  /** Whether the catalogue knows its models by the kind alone. */
  isInCatalogue: boolean;
};

export const KINDS: Kind[] = [
  {
    kind: "openai",
    label: "OpenAI",
    hint: "api.openai.com, or what speaks for it",
    address: "own",
    addressExample: "https://api.openai.com/v1",
    credential: "needed",
    isInCatalogue: true,
  },
  {
    kind: "anthropic",
    label: "Anthropic",
    hint: "api.anthropic.com",
    address: "own",
    addressExample: "https://api.anthropic.com/v1",
    credential: "needed",
    isInCatalogue: true,
  },
  {
    kind: "gemini",
    label: "Google Gemini",
    hint: "The Gemini API with a key",
    address: "own",
    addressExample: "https://generativelanguage.googleapis.com/v1beta",
    credential: "needed",
    isInCatalogue: true,
  },
  {
    kind: "azure-openai",
    label: "Azure OpenAI",
    hint: "A resource of your own on Azure",
    address: "asked",
    addressExample: "https://acme.openai.azure.com",
    credential: "needed",
    hasVersion: true,
    isInCatalogue: true,
  },
  {
    kind: "bedrock",
    label: "Amazon Bedrock",
    hint: "By region, with a Bedrock or an AWS key",
    address: "own",
    addressExample: "That of the region",
    credential: "needed",
    hasAwsKeys: true,
    needsRegion: true,
    isInCatalogue: true,
  },
  {
    kind: "google-vision",
    label: "Google Cloud Vision",
    hint: "Labels, text and faces in images",
    address: "own",
    addressExample: "https://vision.googleapis.com/v1",
    credential: "needed",
    isInCatalogue: true,
  },
  {
    kind: "openai-compatible",
    label: "OpenAI-compatible",
    hint: "vLLM, Ollama, Mistral, Groq, OpenRouter and others",
    address: "asked",
    addressExample: "http://localhost:11434/v1",
    credential: "optional",
    isInCatalogue: false,
  },
  {
    kind: "sandbox",
    label: "Sandbox",
    hint: "Built in: answers without a network",
    address: "none",
    addressExample: "",
    credential: "none",
    isInCatalogue: true,
  },
];

export const kindOf = (kind: string) => KINDS.find((one) => one.kind === kind);
export const kindLabel = (kind: string) => kindOf(kind)?.label ?? kind;
