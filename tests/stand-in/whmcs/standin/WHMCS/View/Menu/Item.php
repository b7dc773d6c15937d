<?php

declare(strict_types=1);

namespace WHMCS\View\Menu;

/** A navigation item, as far as whmcs.md §4.6 names its methods. */
final class Item
{
    private string $label;
    private string $uri = '';
    private int $order = 0;
    private string $bodyHtml = '';
    private string $footerHtml = '';
    private string $icon = '';

    /** @var array<string, self> */
    private array $children = [];

    public function __construct(private readonly string $name)
    {
        $this->label = $name;
    }

    /** @param array{label?: string, uri?: string, order?: int, icon?: string} $options */
    public function addChild(string $name, array $options = []): self
    {
        $child = new self($name);
        $child->setLabel((string) ($options['label'] ?? $name))->setUri((string) ($options['uri'] ?? ''));
        $child->setOrder((int) ($options['order'] ?? 0))->setIcon((string) ($options['icon'] ?? ''));
        return $this->children[$name] = $child;
    }

    public function getChild(string $name): ?self
    {
        return $this->children[$name] ?? null;
    }

    public function removeChild(string $name): self
    {
        unset($this->children[$name]);
        return $this;
    }

    public function setLabel(string $label): self
    {
        $this->label = $label;
        return $this;
    }

    public function setUri(string $uri): self
    {
        $this->uri = $uri;
        return $this;
    }

    public function setOrder(int $order): self
    {
        $this->order = $order;
        return $this;
    }

    public function setIcon(string $icon): self
    {
        $this->icon = $icon;
        return $this;
    }

    public function setBodyHtml(string $html): self
    {
        $this->bodyHtml = $html;
        return $this;
    }

    public function setFooterHtml(string $html): self
    {
        $this->footerHtml = $html;
        return $this;
    }

    public function getName(): string
    {
        return $this->name;
    }

    public function getLabel(): string
    {
        return $this->label;
    }

    public function getUri(): string
    {
        return $this->uri;
    }

    public function getIcon(): string
    {
        return $this->icon;
    }

    public function getBodyHtml(): string
    {
        return $this->bodyHtml;
    }

    public function getFooterHtml(): string
    {
        return $this->footerHtml;
    }

    /** @return list<self> By order, then as they were added. */
    public function getChildren(): array
    {
        $children = array_values($this->children);
        usort($children, static fn (self $a, self $b): int => $a->order <=> $b->order);
        return $children;
    }

    public function hasChildren(): bool
    {
        return $this->children !== [];
    }
}
