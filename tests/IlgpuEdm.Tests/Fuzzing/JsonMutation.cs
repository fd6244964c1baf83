using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>
/// Changes JSON at random but leaves it JSON: values that are extreme, missing, of another type or from elsewhere.
/// </summary>
internal static class JsonMutation
{
    private static readonly JsonSerializerOptions Plain = new() { MaxDepth = 2 * Deep };

    private const int Deep = 100;

    private static readonly string[] Values =
    [
        "null", "true", "0", "1", "-1", "2", "3", "0.5", "-0.0", "1e-320", "1e308", "1e999", "2147483647", "2147483648", "-2147483648",
        "9223372036854775807", "99999999999999999999", "65536", "1024", "16384", "\"\"", "\"0\"", "\"NaN\"", "\"?\"", "\"a\\nb\"",
        "\"\\u0000\"", "[]", "{}", "[null]", "[0]", "[[0]]", "{\"type\":null}", "{\"type\":\"none\"}", "[-1,0,2147483647]",
    ];

    /// <summary>A text made from one of several seeds.</summary>
    public static byte[] Mutate(Random random, IReadOnlyList<byte[]> seeds)
    {
        var root = JsonNode.Parse(seeds[random.Next(seeds.Count)]);
        for (var changes = 1 + random.Next(3); changes > 0; changes--)
        {
            root = Change(random, root);
        }
        // Half a character, which the library would not write.
        return Encoding.UTF8.GetBytes((root?.ToJsonString(Plain) ?? "null").Replace("\"?\"", "\"\\ud800\"", StringComparison.Ordinal));
    }

    private static JsonNode? Change(Random random, JsonNode? root)
    {
        var nodes = new List<JsonNode?>();
        Collect(root, nodes);
        var node = nodes[random.Next(nodes.Count)];
        var value = random.Next(8) switch
        {
            0 => nodes[random.Next(nodes.Count)]?.DeepClone(),
            1 => Nested(random.Next(Deep)),
            2 when node is JsonArray array => Longer(random, array),
            _ => JsonNode.Parse(Values[random.Next(Values.Length)]),
        };
        switch (node?.Parent)
        {
            case JsonObject parent when random.Next(6) == 0:
                parent.Remove(node.GetPropertyName());
                return root;
            case JsonObject parent when random.Next(6) == 0:
                parent[$"{node.GetPropertyName()}x"] = value;
                return root;
            case JsonArray parent when random.Next(4) == 0:
                parent.RemoveAt(node.GetElementIndex());
                return root;
            case null:
                return node == root && random.Next(4) == 0 ? value : root;
            default:
                node.ReplaceWith(value);
                return root;
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode?> nodes)
    {
        nodes.Add(node);
        foreach (var child in node switch { JsonObject o => o.Select(p => p.Value), JsonArray a => a, _ => [] })
        {
            Collect(child, nodes);
        }
    }

    private static JsonNode? Nested(int depth)
    {
        JsonNode? node = null;
        for (var i = 0; i < depth; i++)
        {
            node = new JsonArray(node);
        }
        return node;
    }

    private static JsonArray Longer(Random random, JsonArray array) =>
        new([.. Enumerable.Repeat(array, 1 + random.Next(200)).SelectMany(a => a.Select(n => n?.DeepClone()))]);
}
