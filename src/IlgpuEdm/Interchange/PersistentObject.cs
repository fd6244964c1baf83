using IlgpuEdm.Formats.Pickle;

namespace IlgpuEdm.Interchange;

/// <summary>
/// An object that the reference pickled with its source text: a class name, the arguments of its constructor and its state. The text is
/// never looked at.
/// </summary>
/// <param name="ClassName">The class, such as <c>EDMPrecond</c>.</param>
/// <param name="Members">Its state: members by name, among them those of PyTorch's modules.</param>
internal sealed record PersistentObject(string ClassName, PickleDictionary Members)
{
    private const string Function = "torch_utils.persistence._reconstruct_persistent_obj";

    /// <summary>Reads an object; null where it is none of these.</summary>
    public static PersistentObject? From(PickleValue? value) =>
        value is PickleObject { Type.Name: Function, Arguments.Items: [PickleDictionary meta, ..] }
        && meta.Find("class_name") is { } name && PickleDictionary.Name(name) is { } className
        && meta.Find("state") is PickleDictionary state
            ? new PersistentObject(className, state)
            : null;

    /// <summary>The state of a persistent object or of a module of PyTorch's own; null where there is none.</summary>
    public static PickleDictionary? State(PickleValue value) =>
        From(value)?.Members ?? (value as PickleObject)?.State as PickleDictionary;

    /// <summary>A member of a module: of the object itself or the modules it holds.</summary>
    public PickleValue? Module(string name) => (Members.Find("_modules") as PickleDictionary)?.Find(name);
}
